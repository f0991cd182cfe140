import type { Clock } from '../kit/clock.js'

/** How much later than its time a call may be given up. */
const lookEveryMs = 20

/**
 * Time limits of many calls under way at once. Nearly all of them end in time, so beginning and ending one must cost next
 * to nothing: no timer and no abort signal for each, but one look at all of them now and then, while there are any.
 */
export class CallDeadlines {
  readonly #waiting = new Set<Waiting>()
  #isLooking = false

  constructor(private readonly clock: Clock) {}

  /** What `work` gives; rejects with what `late` makes when that takes longer. The work itself goes on. */
  within<T>(limitMs: number, work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const atMs = this.clock.monotonicMs() + limitMs
      const waiting: Waiting = { atMs, giveUp: () => reject(late()) }
      this.#waiting.add(waiting)
      if (!this.#isLooking) void this.#look()
      const end = () => this.#waiting.delete(waiting)
      work.then(
        (value) => {
          end()
          resolve(value)
        },
        (error: unknown) => {
          end()
          reject(error)
        },
      )
    })
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    while (this.#waiting.size > 0) {
      await this.clock.sleep(lookEveryMs)
      const nowMs = this.clock.monotonicMs()
      for (const waiting of this.#waiting) {
        if (waiting.atMs > nowMs) continue
        this.#waiting.delete(waiting)
        waiting.giveUp()
      }
    }
    this.#isLooking = false
  }
}

interface Waiting {
  readonly atMs: number
  readonly giveUp: () => void
}
