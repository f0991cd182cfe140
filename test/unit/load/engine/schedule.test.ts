import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/kit/random.js'
import { ScheduleCursor, type ScheduleOptions } from '../../../../src/load/engine/schedule.js'

const options = (overrides: Partial<ScheduleOptions>): ScheduleOptions => ({
  kind: 'fixed',
  ratePerSecond: 1000,
  rampMs: 0,
  phase: 0,
  draws: () => seededRandom(1),
  ...overrides,
})

function timesUntil(ms: number, wanted: Partial<ScheduleOptions>): number[] {
  const cursor = new ScheduleCursor(options(wanted))
  const times: number[] = []
  while (cursor.nextMs < ms) {
    times.push(cursor.nextMs)
    cursor.advance()
  }
  return times
}

test('threads that take turns give together the schedule of one', () => {
  const together = [0, 1, 2, 3]
    .flatMap((thread) => timesUntil(1000, { ratePerSecond: 250, phase: thread / 4 }))
    .sort((a, b) => a - b)

  const alone = timesUntil(1000, { ratePerSecond: 1000 })
  expect(together).toHaveLength(alone.length)
  for (const [index, ms] of together.entries()) expect(ms).toBeCloseTo(alone[index]!, 6)
})

test('a Poisson schedule has the wanted rate, exponential distances, and is the same for every cursor', () => {
  const times = timesUntil(60_000, { kind: 'poisson' })
  const gaps = times.slice(1).map((ms, index) => ms - times[index]!)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length

  expect(mean).toBeCloseTo(1, 1)
  expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1)
  expect(times).toEqual(timesUntil(60_000, { kind: 'poisson' }))
})

test('times never go back, and a ramp plans half of what its time would hold at the full rate', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('fixed' as const, 'poisson' as const),
      fc.integer({ min: 10, max: 5000 }),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer(),
      (kind, ratePerSecond, rampMs, seed) => {
        const times = timesUntil(rampMs, { kind, ratePerSecond, rampMs, draws: () => seededRandom(seed) })
        for (let index = 1; index < times.length; index++)
          expect(times[index]!).toBeGreaterThanOrEqual(times[index - 1]!)
        const half = (ratePerSecond * rampMs) / 2000
        const spread = kind === 'fixed' ? 1 : 6 * Math.sqrt(half + 1)
        expect(Math.abs(times.length - half)).toBeLessThanOrEqual(spread)
      },
    ),
  )
})
