import { meanRateInterval } from '../../kit/statistics/mean-interval.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import type { BenchCheck, BenchFigure, BenchResult } from '../../model/bench-result.js'
import { windowOutcomes } from '../../model/window-outcomes.js'
import type { LoadRecord } from '../engine/load-record.js'

/**
 * The figure of a run, or why it has none: it ended before its time, nothing ended well, or its effects are not what the
 * clients were told. A run that was stopped in order is a shorter one.
 */
export function figureOf(
  unit: 'QPS' | 'TPS',
  record: LoadRecord,
  checks: readonly BenchCheck[],
): Pick<BenchResult, 'figure' | 'notAFigure'> {
  const notAFigure = reasonAgainst(record, checks)
  if (notAFigure !== null) return { figure: null, notAFigure }
  return { figure: measured(unit, record), notAFigure: null }
}

/** Operations of the window that ended OK. */
export function okInWindow({ classes }: Pick<LoadRecord, 'classes'>): number {
  return windowOutcomes({ classes }).ok
}

function measured(unit: 'QPS' | 'TPS', record: LoadRecord): BenchFigure {
  const interval = meanRateInterval(record.series, { seed: record.plan.seed })
  return {
    unit,
    perSecond: (okInWindow(record) * 1000) / record.windowMs,
    perSecondInterval: interval && [interval.low, interval.high],
    capacityProbe: false,
  }
}

function reasonAgainst(record: LoadRecord, checks: readonly BenchCheck[]): string | null {
  const broken = checks.find(({ valid }) => !valid)
  if (broken) return `${broken.name}: ${broken.summary}`
  const early = earlyEnd(record)
  if (early !== null) return early
  if (okInWindow(record) > 0 && record.windowMs > 0) return null
  return `no operation ended well${worstError(record)}`
}

function earlyEnd({ ended, windowMs, plan }: LoadRecord): string | null {
  const seen = `after ${formatDuration(windowMs)} of ${formatDuration(plan.durationMs)}`
  switch (ended) {
    case 'time':
    case 'stopped':
      return null
    case 'cancelled':
      return `cancelled ${seen}`
    case 'error-budget':
      return `too many errors, stopped ${seen}`
    case 'thread-died':
      return `a thread of the load died ${seen}`
    case 'crashed':
      return `the command died without a word ${seen}: killed, or out of memory`
  }
}

function worstError({ classes }: LoadRecord): string {
  const errors = classes.flatMap((each) => Object.entries(each.errors)).sort(([, a], [, b]) => b - a)
  const [worst] = errors
  return worst ? `; ${worst[0]}: ${formatCount(worst[1])} times` : ''
}
