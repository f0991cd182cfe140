import type { Context } from '../../kit/context.js'
import type { CorelabError } from '../../kit/errors.js'
import { isCancelled, toCorelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import type { DrillStepResult } from '../../model/drill-result.js'
import type { RunClock } from '../stage/run-clock.js'

export interface LoggedStep {
  readonly id: string
  readonly title: string
  /** Shown under this one. */
  readonly parent?: string
  /** Also after a cancellation: for what keeps the evidence, or tidies up. */
  readonly always?: boolean
}

/** Runs steps and remembers how each ended. A failed step is in the log and in the answer, and nothing is thrown. */
export class StepLog {
  readonly #context: Context
  readonly #clock: RunClock
  readonly #steps: DrillStepResult[] = []

  constructor(context: Context, clock: RunClock) {
    this.#context = context
    this.#clock = clock
  }

  get list(): readonly DrillStepResult[] {
    return this.#steps
  }

  /** What the first failed step failed with; null while all is well. A cancellation is no failure. */
  get failed(): boolean {
    return this.#steps.some(({ state }) => state === 'failed')
  }

  /** True when the work was done. */
  async run(step: LoggedStep, work: () => Promise<string | null>): Promise<boolean> {
    if (this.#context.signal.aborted && !step.always) return this.#skip(step)
    const parent = step.parent === undefined ? {} : { parent: step.parent }
    const shown = { step: step.id, title: step.title, ...parent }
    const startedAtMs = this.#clock.nowMs()
    try {
      const summary = await asStep(this.#context.emit, shown, this.#context.clock, work, (text) => text ?? '')
      this.#note(step, startedAtMs, { state: 'done', summary, error: null })
      return true
    } catch (thrown) {
      return this.#failed(step, startedAtMs, toCorelabError(thrown))
    }
  }

  #failed(step: LoggedStep, startedAtMs: number, error: CorelabError): false {
    if (isCancelled(error))
      this.#note(step, startedAtMs, { state: 'skipped', summary: 'stopped by you', error: null })
    else this.#note(step, startedAtMs, { state: 'failed', summary: null, error: error.shape })
    return false
  }

  #skip(step: LoggedStep): false {
    this.#note(step, this.#clock.nowMs(), {
      state: 'skipped',
      summary: 'stopped by you before it began',
      error: null,
    })
    return false
  }

  #note(
    { title }: LoggedStep,
    startedAtMs: number,
    end: Pick<DrillStepResult, 'state' | 'summary' | 'error'>,
  ): void {
    this.#steps.push({ title, startedAtMs, durationMs: this.#clock.nowMs() - startedAtMs, ...end })
  }
}
