import type { RecordedAppends } from '../../history/recorded-appends.js'
import { AppendFold } from '../../history/recorded-appends.js'
import type { HistoryRecorder, OperationEnd } from '../../history/recorder.js'
import type { Clock } from '../../kit/clock.js'

/** What clients have seen up to this moment, while the history is still being written. */
export interface LiveView {
  /** Writes told OK. */
  readonly oks: number
  /** On the clock's monotonic time; null before the first. */
  readonly lastOkAtMs: number | null
  /** The newest epoch that an OK came from. */
  readonly newestEpoch: number
}

/** A recorder that also keeps an eye on what it records. */
export class LiveRecorder implements HistoryRecorder {
  readonly #view: { oks: number; lastOkAtMs: number | null; newestEpoch: number } = {
    oks: 0,
    lastOkAtMs: null,
    newestEpoch: 0,
  }

  readonly #appends = new AppendFold()

  constructor(
    private readonly recorder: HistoryRecorder,
    private readonly clock: Clock,
  ) {}

  get view(): LiveView {
    return this.#view
  }

  /** What clients were told of their appends up to now. */
  appendsSoFar(): RecordedAppends {
    return this.#appends.result()
  }

  get events(): number {
    return this.recorder.events
  }

  newProcess(): number {
    return this.recorder.newProcess()
  }

  invoke(process: number, f: string, value: unknown): void {
    this.recorder.invoke(process, f, value)
  }

  complete(process: number, end: OperationEnd): number {
    if (end.type === 'ok' && end.f !== 'read') {
      this.#view.oks++
      this.#view.lastOkAtMs = this.clock.monotonicMs()
      const { epoch } = end.value as { readonly epoch?: number }
      if (epoch !== undefined && epoch > this.#view.newestEpoch) this.#view.newestEpoch = epoch
    }
    if (end.f === 'append') this.#appends.add({ index: 0, process, time: '0', ...end })
    return this.recorder.complete(process, end)
  }

  nemesis(f: string, value: unknown): void {
    this.recorder.nemesis(f, value)
  }

  close(): Promise<void> {
    return this.recorder.close()
  }
}
