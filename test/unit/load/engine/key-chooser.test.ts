import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../../src/kit/random.js'
import { type KeyAccess, keyChooser } from '../../../../src/load/engine/key-chooser.js'

/** How often each of the ranks was drawn. */
function drawn(access: KeyAccess, count: number, draws: number): number[] {
  const choose = keyChooser(access, count, seededRandom(7))
  const seen = new Array<number>(count).fill(0)
  for (let draw = 0; draw < draws; draw++) seen[choose()]!++
  return seen
}

test.each([0.5, 0.99, 1, 1.5])(
  'Zipf with exponent %d draws ranks in proportion to their power',
  (exponent) => {
    const draws = 200_000
    const seen = drawn({ kind: 'zipf', exponent }, 50, draws)

    const weights = seen.map((_, rank) => (rank + 1) ** -exponent)
    const sum = weights.reduce((a, b) => a + b, 0)
    for (const [rank, count] of seen.entries()) {
      const expected = (draws * weights[rank]!) / sum
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1)
    }
  },
)

test('a share of the draws goes to the hot keys, the rest to all others', () => {
  const seen = drawn({ kind: 'hot', keys: 10, share: 0.9 }, 1000, 100_000)
  const hot = seen.slice(0, 10).reduce((a, b) => a + b, 0)
  expect(hot / 100_000).toBeCloseTo(0.9, 2)
  expect(Math.min(...seen.slice(0, 10))).toBeGreaterThan(8000)
})

test('every rank that is drawn exists', () => {
  const accesses = fc.oneof(
    fc.constant<KeyAccess>({ kind: 'uniform' }),
    fc.double({ min: 0.1, max: 3, noNaN: true }).map((exponent): KeyAccess => ({ kind: 'zipf', exponent })),
    fc
      .record({ keys: fc.integer({ min: 1, max: 50 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map((hot): KeyAccess => ({ kind: 'hot', ...hot })),
  )
  fc.assert(
    fc.property(accesses, fc.integer({ min: 1, max: 15_000_000 }), fc.integer(), (access, count, seed) => {
      const choose = keyChooser(access, count, seededRandom(seed))
      for (let draw = 0; draw < 50; draw++) {
        const rank = choose()
        expect(Number.isInteger(rank) && rank >= 0 && rank < count).toBe(true)
      }
    }),
  )
})
