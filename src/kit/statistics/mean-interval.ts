import type { WeightedValue } from './block-bootstrap.js'
import { resampledMeans } from './block-bootstrap.js'
import { blockLengthOf } from './block-length.js'
import type { Interval } from './interval.js'
import { defaultLevel } from './interval.js'
import { normalQuantile, studentT } from './student-t.js'

export interface BootstrapOptions {
  readonly seed: number
  readonly level?: number
  readonly resamples?: number
  /** Neighbours that are drawn together; without it, from the series' own correlation. */
  readonly blockLength?: number
}

/**
 * The mean of a series whose neighbours resemble each other, with its interval by block bootstrap. A bootstrap of few
 * blocks is too sure of itself, so the interval is widened as Student's t is against the normal distribution, with one
 * degree of freedom for each block but the first. null for fewer than four values: they say nothing about their spread.
 */
export function meanInterval(series: readonly WeightedValue[], options: BootstrapOptions): Interval | null {
  if (series.length < valuesMin) return null
  const level = options.level ?? defaultLevel
  const blockLength = options.blockLength ?? cautiousBlockLength(series.map(({ value }) => value))
  const resamples = options.resamples ?? 2000
  const means = resampledMeans(series, { blockLength, resamples, seed: options.seed })
  const estimate = weightedMean(series)
  const blocks = series.length / blockLength
  const widen =
    (studentT(level, blocks - 1) / normalQuantile(level)) * Math.sqrt(blocks / Math.max(1, blocks - 1))
  const tail = (1 - level) / 2
  const at = (share: number) => means[Math.min(resamples - 1, Math.floor(share * resamples))] ?? estimate
  return {
    estimate,
    low: estimate - (estimate - at(tail)) * widen,
    high: estimate + (at(1 - tail) - estimate) * widen,
    level,
  }
}

/** Operations per second of a run from its slices: a slice that was cut short counts for less. */
export function meanRateInterval(
  slices: readonly { readonly ok: number; readonly lengthMs: number }[],
  options: BootstrapOptions,
): Interval | null {
  const series = slices
    .filter(({ lengthMs }) => lengthMs > 0)
    .map(({ ok, lengthMs }) => ({ value: (ok * 1000) / lengthMs, weight: lengthMs }))
  const interval = meanInterval(series, options)
  return interval && { ...interval, low: Math.max(0, interval.low) }
}

const valuesMin = 4

/** A short series hides its own correlation, so blocks are never shorter than the cube root of its length. */
function cautiousBlockLength(values: readonly number[]): number {
  const least = Math.round(Math.cbrt(values.length))
  return Math.min(Math.max(least, blockLengthOf(values)), Math.max(1, Math.floor(values.length / 3)))
}

function weightedMean(series: readonly WeightedValue[]): number {
  let sum = 0
  let weights = 0
  for (const { value, weight } of series) {
    sum += value * weight
    weights += weight
  }
  return sum / weights
}
