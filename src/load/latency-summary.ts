import type { LogHistogram } from '../kit/log-histogram.js'
import type { LatencySummary } from '../model/demo-result.js'

/** The percentiles that people read, in milliseconds; null when nothing was recorded. */
export function latencySummary(histogram: LogHistogram): LatencySummary | null {
  if (histogram.count === 0) return null
  const at = (percentile: number) => percentileMs(histogram, percentile) ?? 0
  return { p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), maxMs: at(100) }
}

/** null when nothing was recorded. `percentile` from 0 to 100. */
export function percentileMs(histogram: LogHistogram, percentile: number): number | null {
  const us = histogram.percentileUs(percentile)
  return us === null ? null : us / 1000
}
