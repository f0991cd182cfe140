import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../../kit/clock.js'

const resolutionMs = 20
const windowMs = 1000

/** How late this process was at worst in the last second, in milliseconds: its silence is then no evidence of others. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  #windowStartMs: number
  #formerWorstMs = 0

  constructor(private readonly clock: Clock) {
    this.#windowStartMs = clock.monotonicMs()
    this.#histogram.enable()
  }

  worstMs(): number {
    const nowMs = this.clock.monotonicMs()
    // The histogram counts from one firing of its timer to the next.
    const worstMs = Math.max(0, this.#histogram.max / 1e6 - resolutionMs)
    const elapsedMs = nowMs - this.#windowStartMs
    if (elapsedMs >= windowMs) {
      this.#formerWorstMs = worstMs
      this.#windowStartMs = nowMs
      this.#histogram.reset()
    }
    return Math.round(Math.max(worstMs, this.#formerWorstMs) * 10) / 10
  }

  close(): void {
    this.#histogram.disable()
  }
}
