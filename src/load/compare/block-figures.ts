import { LogHistogram } from '../../kit/log-histogram.js'
import type { BlockFigures } from '../../model/bench-comparison.js'
import type { BenchResult } from '../../model/bench-result.js'
import { windowErrors, windowOutcomes } from '../../model/window-outcomes.js'

/** What one run contributes to a comparison. */
export function blockFigures({ load, attribution }: BenchResult): BlockFigures {
  const { ok } = windowOutcomes(load)
  const histogram = LogHistogram.of(load.latency)
  const client = attribution.processes.find(({ name }) => name === 'client')
  return {
    ok,
    failed: windowErrors(load),
    perSecond: load.windowMs > 0 ? (ok * 1000) / load.windowMs : null,
    p50Us: histogram.percentileUs(50),
    p95Us: histogram.percentileUs(95),
    p99Us: histogram.percentileUs(99),
    clientCpuUs: client?.cpuUsPerOperation ?? null,
    totalCpuUs: totalOf(attribution.processes.map((each) => each.cpuUsPerOperation)),
  }
}

/** null when one part is not known: the others alone would be too little. */
function totalOf(parts: readonly (number | null)[]): number | null {
  let sum = 0
  for (const part of parts) {
    if (part === null) return null
    sum += part
  }
  return parts.length === 0 ? null : sum
}
