import type { Clock } from '../../kit/clock.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'

export interface ClosedLoopRules {
  readonly clock: Clock
  /** Aborted when no further operation shall start. */
  readonly stop: AbortSignal
  /** A pause after an operation that did not end OK, so that a dead server is not hammered. */
  readonly backOffMs: number
  readonly record: (outcome: OperationOutcome, latencyMs: number, nowMs: number) => void
}

/** Operations may end without any wait: after so many of a client, timers and sockets get their turn. */
const yieldEvery = 500

/** One client: the next operation starts when the one before has ended. */
export class ClosedLoopClient {
  /** Resolves when the client has stopped. */
  readonly stopped: Promise<void>
  #resolveStopped: () => void = () => undefined
  #abandoned = false
  #starting = false
  #endedWhileStarting = false
  #startedMs = 0
  #starts = 0

  constructor(
    private readonly session: LoadSession,
    private readonly rules: ClosedLoopRules,
  ) {
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve
    })
  }

  /** Runs operations until the rules say stop. An operation may end before `run` returns, hence a loop and no recursion. */
  start(): void {
    do {
      if (this.rules.stop.aborted) {
        this.#resolveStopped()
        return
      }
      if (++this.#starts % yieldEvery === 0) {
        setImmediate(() => this.start())
        return
      }
      this.#starting = true
      this.#endedWhileStarting = false
      this.#startedMs = this.rules.clock.monotonicMs()
      this.session.run(this.#onDone)
      this.#starting = false
    } while (this.#endedWhileStarting)
  }

  /** Forgets the operation under way, if there is one. */
  abandon(): void {
    this.#abandoned = true
    this.#resolveStopped()
  }

  #onDone = (outcome: OperationOutcome): void => {
    if (this.#abandoned) return
    const nowMs = this.rules.clock.monotonicMs()
    this.rules.record(outcome, nowMs - this.#startedMs, nowMs)
    if (outcome.kind !== 'ok' && this.rules.backOffMs > 0) void this.#backOff()
    else if (this.#starting) this.#endedWhileStarting = true
    else this.start()
  }

  async #backOff(): Promise<void> {
    await this.rules.clock.sleep(this.rules.backOffMs, this.rules.stop).catch(() => undefined)
    if (!this.#abandoned) this.start()
  }
}
