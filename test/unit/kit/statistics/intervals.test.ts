import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/kit/random.js'
import { blockLengthOf } from '../../../../src/kit/statistics/block-length.js'
import { meanInterval, meanRateInterval } from '../../../../src/kit/statistics/mean-interval.js'
import { pairedRatio } from '../../../../src/kit/statistics/paired-ratio.js'
import { medianInterval, percentileRanks } from '../../../../src/kit/statistics/percentile-interval.js'
import { runSpread } from '../../../../src/kit/statistics/run-spread.js'
import { normalQuantile, studentT } from '../../../../src/kit/statistics/student-t.js'
import { autocorrelated, normalOf } from './series.js'

const weighted = (values: readonly number[]) => values.map((value) => ({ value, weight: 1 }))

/** The share of `rounds` synthetic series whose interval holds the truth. */
function coverage(rounds: number, holds: (seed: number) => boolean): number {
  let count = 0
  for (let seed = 1; seed <= rounds; seed++) if (holds(seed)) count++
  return count / rounds
}

const holdsTruth = (interval: { low: number; high: number } | null, truth: number) =>
  interval !== null && interval.low <= truth && truth <= interval.high

describe('the interval of a mean rate', () => {
  test.each([
    { phi: 0, length: 10, least: 0.92 },
    { phi: 0, length: 30, least: 0.92 },
    { phi: 0.3, length: 60, least: 0.9 },
    { phi: 0.6, length: 60, least: 0.86 },
    { phi: 0.6, length: 300, least: 0.9 },
    { phi: -0.4, length: 60, least: 0.93 },
  ])('holds the truth about as often as it says: phi $phi, $length slices', ({ phi, length, least }) => {
    const share = coverage(400, (seed) => {
      const values = autocorrelated({ length, mean: 20_000, deviation: 800, phi, seed })
      return holdsTruth(meanInterval(weighted(values), { seed, resamples: 500 }), 20_000)
    })

    expect(share).toBeGreaterThanOrEqual(least)
  })

  test('would be too narrow without blocks: that is what they are for', () => {
    const share = (blockLength?: number) =>
      coverage(300, (seed) => {
        const values = autocorrelated({ length: 120, mean: 100, deviation: 5, phi: 0.7, seed })
        const options = { seed, resamples: 500, ...(blockLength === undefined ? {} : { blockLength }) }
        return holdsTruth(meanInterval(weighted(values), options), 100)
      })

    expect(share(1)).toBeLessThan(0.7)
    expect(share()).toBeGreaterThan(0.85)
  })

  test('is the same for the same seed, holds its estimate, and scales with its unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 60 }),
        fc.nat(),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (values, seed, factor) => {
          const options = { seed, resamples: 200 }
          const interval = meanInterval(weighted(values), options)!
          const scaled = meanInterval(weighted(values.map((value) => value * factor)), options)!

          expect(meanInterval(weighted(values), options)).toEqual(interval)
          expect(interval.low).toBeLessThanOrEqual(interval.estimate * (1 + 1e-9))
          expect(interval.high).toBeGreaterThanOrEqual(interval.estimate * (1 - 1e-9))
          expect(scaled.estimate / (interval.estimate * factor)).toBeCloseTo(1, 6)
        },
      ),
    )
  })

  test('counts a slice that was cut short for what it was', () => {
    const slices = [
      ...Array.from({ length: 9 }, () => ({ ok: 1000, lengthMs: 1000 })),
      { ok: 500, lengthMs: 500 },
    ]

    expect(meanRateInterval(slices, { seed: 1 })).toMatchObject({ estimate: 1000, low: 1000, high: 1000 })
  })

  test('is not given for three slices', () => {
    expect(meanInterval(weighted([1, 2, 3]), { seed: 1 })).toBeNull()
  })
})

describe('blocks', () => {
  test('are single slices without correlation, and grow with it', () => {
    const length = (phi: number) =>
      [1, 2, 3, 4, 5].map((seed) =>
        blockLengthOf(autocorrelated({ length: 300, mean: 0, deviation: 1, phi, seed })),
      )

    expect(Math.max(...length(0))).toBeLessThanOrEqual(5)
    expect(Math.min(...length(0.8))).toBeGreaterThan(Math.max(...length(0)))
    expect(blockLengthOf([5, 5, 5, 5, 5, 5])).toBe(1)
  })
})

describe('a paired ratio', () => {
  /** Blocks of two sides on one host that gets slower and faster by itself. */
  function blocks(ratio: number, seed: number, count: number) {
    const drift = autocorrelated({ length: count, mean: 1, deviation: 0.15, phi: 0.8, seed })
    const normal = normalOf(seededRandom(seed + 1_000_000))
    return drift.map((host) => ({
      a: 10_000 * ratio * host * (1 + 0.02 * normal()),
      b: 10_000 * host * (1 + 0.02 * normal()),
    }))
  }

  test.each([6, 12, 24])('of equal sides has 1 in its interval, over %i pairs', (count) => {
    const share = coverage(400, (seed) =>
      holdsTruth(pairedRatio(blocks(1, seed, count), { seed, resamples: 500 }), 1),
    )

    expect(share).toBeGreaterThanOrEqual(0.92)
    expect(share).toBeLessThan(1)
  })

  test('finds a side that is five percent slower, below a drift of fifteen', () => {
    const share = coverage(200, (seed) => {
      const interval = pairedRatio(blocks(0.95, seed, 12), { seed, resamples: 500 })
      return interval !== null && interval.high < 1
    })

    expect(share).toBeGreaterThan(0.95)
  })

  test('turned round is its inverse', () => {
    const pairs = blocks(1.3, 7, 12)
    const turned = pairs.map(({ a, b }) => ({ a: b, b: a }))

    expect(pairedRatio(turned, { seed: 1 })!.estimate).toBeCloseTo(
      1 / pairedRatio(pairs, { seed: 1 })!.estimate,
      9,
    )
  })
})

describe('an interval of a percentile', () => {
  test.each([
    { count: 20, percentile: 50 },
    { count: 400, percentile: 95 },
    { count: 3000, percentile: 99 },
  ])('holds the true one as often as it says: p$percentile of $count', ({ count, percentile }) => {
    const truth = -Math.log(1 - percentile / 100)
    const ranks = percentileRanks(count, percentile)!
    const share = coverage(500, (seed) => {
      const random = seededRandom(seed)
      const sorted = Float64Array.from({ length: count }, () => -Math.log(1 - random.fraction())).sort()
      return sorted[ranks[0] - 1]! <= truth && truth <= sorted[ranks[1] - 1]!
    })

    expect(share).toBeGreaterThanOrEqual(0.93)
    expect(share).toBeLessThan(0.995)
  })

  test('is not given where the tail was not seen', () => {
    expect(percentileRanks(50, 99)).toBeNull()
    expect(medianInterval([1, 2, 3, 4, 5])).toBeNull()
    expect(medianInterval([6, 1, 5, 2, 4, 3])).toEqual({ median: 3.5, low: 1, high: 6 })
  })
})

test('the quantiles are those of the tables', () => {
  expect(normalQuantile(0.95)).toBeCloseTo(1.959964, 5)
  expect(normalQuantile(0.99)).toBeCloseTo(2.575829, 5)
  const table = [
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [4, 2.77645],
    [5, 2.57058],
    [10, 2.22814],
    [30, 2.04227],
    [1000, 1.96234],
  ] as const
  for (const [df, quantile] of table) expect(studentT(0.95, df) / quantile).toBeCloseTo(1, 3)
  expect(studentT(0.99, 3) / 5.84091).toBeCloseTo(1, 3)
})

test('the spread between runs is another number than the interval within one', () => {
  expect(runSpread([100])).toBeNull()
  expect(runSpread([100, 104])).toMatchObject({ runs: 2, mean: 102, interval: null })
  const spread = runSpread([100, 104, 96])!

  expect(spread.relativeDeviation).toBeCloseTo(0.04, 9)
  expect(spread.interval!.high - spread.mean).toBeCloseTo((4.30265 * 4) / Math.sqrt(3), 3)
})
