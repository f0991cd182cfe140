import { formatCount, formatDuration } from '../../kit/units.js'

/** `1.34 ms`, `12.7 ms`, `1,204 ms`: latencies keep three digits, because their differences matter. */
export function formatLatency(latencyMs: number): string {
  const digits = latencyMs < 10 ? 2 : latencyMs < 100 ? 1 : 0
  return `${digits === 0 ? formatCount(latencyMs) : latencyMs.toFixed(digits)} ms`
}

/** Like a duration, with two decimals below ten seconds: a failover is judged by its tenths. */
export function formatGap(durationMs: number): string {
  return durationMs >= 1000 && durationMs < 10_000
    ? `${(durationMs / 1000).toFixed(2)} s`
    : formatDuration(durationMs)
}
