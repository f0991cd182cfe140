import { blockLengthOf } from './block-length.js'
import type { Interval } from './interval.js'
import type { BootstrapOptions } from './mean-interval.js'
import { meanInterval } from './mean-interval.js'

/** What both sides showed next to each other in time. */
export interface Pair {
  readonly a: number
  readonly b: number
}

/**
 * `a : b` as the geometric mean of ratios of neighbours, with its interval by block bootstrap of their logarithms. Whatever
 * slows both neighbours alike cancels out. Pairs with a side that is not positive are left out; null for fewer than four.
 */
export function pairedRatio(pairs: readonly Pair[], options: BootstrapOptions): Interval | null {
  const logs = pairs.flatMap(({ a, b }) => (a > 0 && b > 0 ? [{ value: Math.log(a / b), weight: 1 }] : []))
  const blockLength = options.blockLength ?? blockLengthOf(logs.map(({ value }) => value))
  const interval = meanInterval(logs, { ...options, blockLength })
  return (
    interval && {
      estimate: Math.exp(interval.estimate),
      low: Math.exp(interval.low),
      high: Math.exp(interval.high),
      level: interval.level,
    }
  )
}
