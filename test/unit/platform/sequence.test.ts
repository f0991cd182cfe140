import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import { seededRandom } from '../../../src/kit/random.js'
import { openSequence } from '../../../src/platform/sequence.js'

test('whatever the clock does, numbers are unique and sort in the order in which they were given', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100_000, max: 100_000 }), { minLength: 2, maxLength: 50 }),
      (steps) => {
        let nowMs = 1_800_000_000_000
        const clock = { ...systemClock, wallMs: () => nowMs }
        const sequence = openSequence({ clock, rng: seededRandom(1) })
        const numbers = steps.map((step) => {
          nowMs += step
          return sequence.next()
        })

        expect(new Set(numbers).size).toBe(numbers.length)
        expect([...numbers].sort()).toEqual(numbers)
        for (const number of numbers) expect(number).toMatch(/^[0-9A-Z]{26}$/)
      },
    ),
  )
})

test('two processes give different numbers at the same moment', () => {
  const clock = { ...systemClock, wallMs: () => 1_800_000_000_000 }
  const [one, two] = [1, 2].map((seed) => openSequence({ clock, rng: seededRandom(seed) }).next())

  expect(one).not.toBe(two)
})
