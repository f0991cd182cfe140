import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogHistogram } from '../../../src/kit/log-histogram.js'

const latencies = fc.array(fc.integer({ min: 1, max: 600_000_000 }), { minLength: 1, maxLength: 300 })

/** The value of that rank, by sorting. */
function exactPercentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length - 1e-9) - 1)]!
}

test('every percentile is the exact one to three digits, and never above the maximum', () => {
  fc.assert(
    fc.property(latencies, fc.constantFrom(0, 1, 50, 90, 95, 99, 99.9, 100), (values, p) => {
      const histogram = new LogHistogram()
      for (const value of values) histogram.record(value)

      const exact = exactPercentile(values, p)
      const found = histogram.percentileUs(p)!

      expect(found).toBeGreaterThanOrEqual(exact)
      expect(found - exact).toBeLessThanOrEqual(exact / 1000)
      expect(found).toBeLessThanOrEqual(Math.max(...values))
    }),
  )
})

test('what was recorded apart and added is what was recorded together', () => {
  fc.assert(
    fc.property(latencies, latencies, (left, right) => {
      const [a, b, both] = [new LogHistogram(), new LogHistogram(), new LogHistogram()]
      for (const value of left) a.record(value)
      for (const value of right) b.record(value)
      for (const value of [...left, ...right]) both.record(value)

      a.add(b.toData())

      expect(a.toData()).toEqual(both.toData())
      expect(a.toData().sumUs).toBe([...left, ...right].reduce((sum, value) => sum + value, 0))
    }),
  )
})

test('waits beyond ten minutes and below a microsecond are kept at the borders', () => {
  const histogram = new LogHistogram()
  histogram.record(0)
  histogram.record(7_200_000_000)

  expect(histogram.percentileUs(50)).toBe(1)
  expect(histogram.percentileUs(100)).toBe(600_000_000)
  expect(histogram.count).toBe(2)
})

test('an empty one has no percentiles, also after it was emptied', () => {
  const histogram = new LogHistogram()
  expect(histogram.percentileUs(50)).toBeNull()
  histogram.record(5)
  histogram.reset()
  expect(histogram.percentileUs(99)).toBeNull()
  expect(histogram.toData()).toEqual({ count: 0, sumUs: 0, maxUs: 0, buckets: [] })
})

test('its memory may be shared: another view of it reads what was recorded', () => {
  const memory = new SharedArrayBuffer(LogHistogram.cells * 4)
  new LogHistogram(new Uint32Array(memory)).record(1234)

  expect(new LogHistogram(new Uint32Array(memory)).percentileUs(50)).toBe(1234)
})
