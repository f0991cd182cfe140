import type { HistoryRecorder } from '../../history/recorder.js'
import type { Clock } from '../../kit/clock.js'
import type { DataSource } from '../../platform/data-source.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'
import { placeOf } from './load-place.js'

/** One client that asks the master, over and over, in which epoch it lives: no old master may answer it. */
export class EpochReadSession implements LoadSession {
  #process: number

  constructor(
    private readonly workload: {
      readonly dataSource: DataSource
      readonly recorder: HistoryRecorder
      readonly clock: Clock
      readonly thinkMs: number
    },
  ) {
    this.#process = workload.recorder.newProcess()
  }

  run(done: (outcome: OperationOutcome) => void): void {
    void this.#read().then(done)
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  async #read(): Promise<OperationOutcome> {
    const { recorder, dataSource, clock, thinkMs } = this.workload
    if (thinkMs > 0) await clock.sleep(thinkMs)
    recorder.invoke(this.#process, 'read', null)
    try {
      const place = await dataSource.read('master', placeOf)
      recorder.complete(this.#process, { type: 'ok', f: 'read', value: place })
      return okOutcome
    } catch (error) {
      const outcome = outcomeOfError(error)
      // A read has no effect: without an answer it certainly did nothing.
      this.#process = recorder.complete(this.#process, {
        type: 'fail',
        f: 'read',
        value: null,
        error: outcome.errorClass,
      })
      return outcome
    }
  }
}
