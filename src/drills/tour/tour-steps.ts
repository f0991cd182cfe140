import type { Context } from '../../kit/context.js'
import type { CorelabError } from '../../kit/errors.js'
import { isCancelled, toCorelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import type { TourStep } from '../../model/demo-result.js'
import type { RunClock } from '../stage/run-clock.js'

/** The steps of a tour, in order. Their ids are stable: scripts and tests look for them in `result.json`. */
export type TourStepId =
  | 'project'
  | 'core'
  | 'population'
  | 'transfers'
  | 'failover'
  | 'checks'
  | 'figures'
  | 'report'

export interface StepPlan<T> {
  readonly id: TourStepId
  readonly title: string
  /** What must exist before the step makes sense, and how to call it when it is missing. */
  readonly needs: readonly { readonly what: string; readonly met: boolean }[]
  readonly summarise: (outcome: T) => string
  /** Also after a cancellation: for what keeps the evidence. */
  readonly always?: boolean
}

/**
 * Runs steps and remembers how each ended. A step that fails does not end the tour: later steps that still make
 * sense run, the others are recorded as skipped, with the reason. After a cancellation nothing more is run.
 */
export class TourSteps {
  readonly #context: Context
  readonly #clock: RunClock
  readonly #steps: TourStep[] = []
  #firstError: CorelabError | null = null

  constructor(context: Context, clock: RunClock) {
    this.#context = context
    this.#clock = clock
  }

  get list(): readonly TourStep[] {
    return this.#steps
  }

  /** What went wrong first; null while nothing did. A cancellation is nothing wrong. */
  get firstError(): CorelabError | null {
    return this.#firstError
  }

  /** The outcome of `work`; null when the step failed, was stopped or was skipped. */
  async run<T>(plan: StepPlan<T>, work: () => Promise<T>): Promise<T | null> {
    const missing = plan.needs.find((need) => !need.met)
    if (this.#context.signal.aborted && !plan.always)
      return this.#skip(plan, 'stopped by you before it began')
    if (missing) return this.#skip(plan, `needs ${missing.what}`)
    const startedAtMs = this.#clock.nowMs()
    const ended = (rest: Pick<TourStep, 'state' | 'summary' | 'error'>) => {
      const durationMs = this.#clock.nowMs() - startedAtMs
      this.#steps.push({ id: plan.id, title: plan.title, startedAtMs, durationMs, ...rest })
    }
    try {
      const step = { step: plan.id, title: plan.title }
      const outcome = await asStep(this.#context.emit, step, this.#context.clock, work, plan.summarise)
      ended({ state: 'done', summary: plan.summarise(outcome), error: null })
      return outcome
    } catch (thrown) {
      const error = toCorelabError(thrown)
      if (isCancelled(error)) {
        ended({ state: 'skipped', summary: 'stopped by you', error: null })
      } else {
        this.#firstError ??= error
        ended({ state: 'failed', summary: null, error: error.shape })
      }
      return null
    }
  }

  #skip(plan: StepPlan<never> | StepPlan<unknown>, reason: string): null {
    this.#steps.push({
      id: plan.id,
      title: plan.title,
      state: 'skipped',
      startedAtMs: this.#clock.nowMs(),
      durationMs: 0,
      summary: reason,
      error: null,
    })
    return null
  }
}
