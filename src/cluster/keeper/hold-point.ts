import type { Emit } from '../../kit/events.js'
import type { StepKind } from '../../protocol/keeper/steps.js'

/**
 * Lets somebody stop the keeper right before a step, to look at the core at leisure or to kill the keeper there: the
 * way to see that every step can be the last one.
 */
export class HoldPoint {
  #at: StepKind | null = null
  #release: (() => void) | null = null
  readonly #emit: Emit

  constructor(emit: Emit) {
    this.#emit = emit
  }

  holdBefore(step: StepKind): void {
    this.#at = step
  }

  release(): void {
    this.#at = null
    this.#release?.()
    this.#release = null
  }

  /** Resolves at once unless this is the step to hold before; then when it is released. */
  async pass(step: StepKind): Promise<void> {
    if (this.#at !== step) return
    this.#emit({ kind: 'note', message: `held before ${step}` })
    await new Promise<void>((resolve) => {
      this.#release = resolve
    })
  }
}
