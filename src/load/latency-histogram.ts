import { build, type Histogram } from 'hdr-histogram-js'
import type { LatencySummary } from '../model/demo-result.js'

/** Longer waits are recorded as this long: nobody waits for minutes. */
const longestUs = 600_000_000

/** Latencies in a fixed memory, exact to three digits; recorded in microseconds, read in milliseconds. */
export class LatencyHistogram {
  readonly #histogram: Histogram

  constructor(significantDigits: 2 | 3 = 3) {
    this.#histogram = build({
      bitBucketSize: 32,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: longestUs,
      numberOfSignificantValueDigits: significantDigits,
      useWebAssembly: false,
    })
  }

  record(latencyMs: number): void {
    this.#histogram.recordValue(Math.min(longestUs, Math.max(1, Math.round(latencyMs * 1000))))
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  /** null when nothing was recorded. */
  percentileMs(percentile: number): number | null {
    return this.count === 0 ? null : this.#histogram.getValueAtPercentile(percentile) / 1000
  }

  summary(): LatencySummary | null {
    if (this.count === 0) return null
    const at = (percentile: number) => this.#histogram.getValueAtPercentile(percentile) / 1000
    return { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), maxMs: this.#histogram.maxValue / 1000 }
  }

  reset(): void {
    this.#histogram.reset()
  }
}
