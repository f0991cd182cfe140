import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest } from '../../../src/kit/nearest.js'

const commands = ['init', 'up', 'down', 'status', 'logs', 'connect', 'doctor', 'demo']

test.each([
  ['statsu', 'status'],
  ['conect', 'connect'],
  ['Doctor', 'doctor'],
  ['log', 'logs'],
  ['dwon', 'down'],
])('%s was probably meant to be %s', (typed, meant) => {
  expect(nearest(typed, commands)).toBe(meant)
})

test.each(['frobnicate', '', 'x', 'staaaaatus!'])('nothing is near to "%s"', (typed) => {
  expect(nearest(typed, commands)).toBeNull()
})

test('of two equally near words the first is taken', () => {
  expect(nearest('bat', ['cat', 'hat'])).toBe('cat')
})

test('the distance is zero for equal words only, the same both ways, and at most the longer length', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })

  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b)
      expect(distance === 0).toBe(a === b)
      expect(distance).toBe(editDistance(b, a))
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
    }),
  )
})

test('swapped neighbours count as one mistake', () => {
  expect(editDistance('status', 'statsu')).toBe(1)
  expect(editDistance('kitten', 'sitting')).toBe(3)
})
