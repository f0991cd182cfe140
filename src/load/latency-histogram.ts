import { LogHistogram } from '../kit/log-histogram.js'
import type { LatencySummary } from '../model/demo-result.js'

/** A {@link LogHistogram} for those who think in milliseconds. */
export class LatencyHistogram {
  readonly #histogram = new LogHistogram()
  #count = 0

  record(latencyMs: number): void {
    this.#count++
    this.#histogram.record(Math.round(latencyMs * 1000))
  }

  /** null when nothing was recorded. */
  percentileMs(percentile: number): number | null {
    if (this.#count === 0) return null
    const us = this.#histogram.percentileUs(percentile)
    return us === null ? null : us / 1000
  }

  summary(): LatencySummary | null {
    if (this.#count === 0) return null
    const at = (percentile: number) => this.percentileMs(percentile) ?? 0
    return { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), maxMs: at(100) }
  }

  reset(): void {
    if (this.#count === 0) return
    this.#count = 0
    this.#histogram.reset()
  }
}
