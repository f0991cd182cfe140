import type { Clock } from '../../kit/clock.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'

/** What a slot tells the loop that it belongs to. */
export interface SlotRules {
  readonly clock: Clock
  began(): void
  /** `plannedMs` is the time of sending in a closed loop. */
  record(
    outcome: OperationOutcome,
    operationClass: number,
    times: { readonly plannedMs: number; readonly begunMs: number; readonly endedMs: number },
  ): void
  /** The slot can take its next operation. Called from within `run` when an operation ended at once. */
  free(slot: SessionSlot, nowMs: number): void
}

/** After an operation that did not end well: a dead server is not hammered. */
const backOffMs = 20

/** One session of a load and the operation that it has under way. */
export class SessionSlot {
  /** An operation was begun and has not ended. */
  underWay = false
  /** Filled anew by each operation: records allocate nothing. */
  readonly #times = { plannedMs: 0, begunMs: 0, endedMs: 0 }
  #abandoned = false

  constructor(
    private readonly session: LoadSession,
    private readonly rules: SlotRules,
  ) {}

  run(plannedMs: number, nowMs: number): void {
    this.#times.plannedMs = plannedMs
    this.#times.begunMs = nowMs
    this.underWay = true
    this.rules.began()
    this.session.run(this.#onDone)
  }

  /** Forgets the operation under way. */
  abandon(): void {
    this.#abandoned = true
  }

  close(): Promise<void> {
    return this.session.close()
  }

  #onDone = (outcome: OperationOutcome, operationClass = 0): void => {
    if (this.#abandoned || !this.underWay) return
    const endedMs = this.rules.clock.monotonicMs()
    this.underWay = false
    this.#times.endedMs = endedMs
    this.rules.record(outcome, operationClass, this.#times)
    if (outcome.kind === 'ok') this.rules.free(this, endedMs)
    else void this.#backOff()
  }

  async #backOff(): Promise<void> {
    await this.rules.clock.sleep(backOffMs)
    if (!this.#abandoned) this.rules.free(this, this.rules.clock.monotonicMs())
  }
}
