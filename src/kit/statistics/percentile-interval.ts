import { defaultLevel } from './interval.js'
import { normalQuantile } from './student-t.js'

/**
 * Ranks (1 ... count) between which the true percentile lies, by order statistics: the number of observations below it
 * is binomial, whatever their distribution. For independent observations; those of a load run are not, so intervals of a
 * run's percentile take slices as observations. null when there are too few observations to have the tail inside.
 */
export function percentileRanks(
  count: number,
  percentile: number,
  level = defaultLevel,
): readonly [low: number, high: number] | null {
  const share = percentile / 100
  const tail = (1 - level) / 2
  return count <= exactMax ? exactRanks(count, share, tail) : normalRanks(count, share, level)
}

/** The median of few values, e.g. one of each slice or run, with its interval by order statistics. */
export function medianInterval(
  values: readonly number[],
  level = defaultLevel,
): { readonly median: number; readonly low: number; readonly high: number } | null {
  const ranks = percentileRanks(values.length, 50, level)
  if (ranks === null) return null
  const sorted = values.toSorted((left, right) => left - right)
  const at = (rank: number) => sorted[rank - 1] ?? Number.NaN
  return { median: median(sorted), low: at(ranks[0]), high: at(ranks[1]) }
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** Above it, the normal distribution is the binomial one to more digits than anybody reads. */
const exactMax = 1000

/** The narrowest ranks with P(below low) <= tail and P(above high) <= tail. */
function exactRanks(count: number, share: number, tail: number): readonly [number, number] | null {
  const cumulative = binomialCumulative(count, share)
  const lowest = cumulative.findIndex((probability) => probability > tail)
  const highest = cumulative.findIndex((probability) => probability >= 1 - tail) + 1
  return lowest < 1 || highest < 1 || highest > count ? null : [lowest, highest]
}

function normalRanks(count: number, share: number, level: number): readonly [number, number] | null {
  const middle = count * share
  const half = normalQuantile(level) * Math.sqrt(count * share * (1 - share))
  const low = Math.floor(middle - half)
  const high = Math.ceil(middle + half) + 1
  return low < 1 || high > count ? null : [low, high]
}

/** P(X <= k) for k = 0 ... count. */
function binomialCumulative(count: number, share: number): readonly number[] {
  const sums: number[] = []
  let logTerm = count * Math.log1p(-share)
  let sum = 0
  for (let k = 0; k <= count; k++) {
    sum += Math.exp(logTerm)
    sums.push(Math.min(1, sum))
    logTerm += Math.log((count - k) / (k + 1)) + Math.log(share / (1 - share))
  }
  return sums
}
