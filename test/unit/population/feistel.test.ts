import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Permutation } from '../../../src/population/feistel.js'

test('a permutation gives every number of its domain exactly once, for any domain and seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (domain, seed) => {
      const permutation = new Permutation(domain, { seed, name: 'test' })
      const images = new Set(Array.from({ length: domain }, (_, index) => permutation.apply(index)))
      expect(images.size).toBe(domain)
      expect(Math.max(...images)).toBe(domain - 1)
    }),
    { numRuns: 60 },
  )
})

test('the way back leads to the number one came from, up to the largest domain', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (domain, seed, share) => {
        const permutation = new Permutation(domain, { seed, name: 'test' })
        const index = Math.floor(domain * share)
        expect(permutation.invert(permutation.apply(index))).toBe(index)
      },
    ),
  )
})

test('neighbours do not stay neighbours, and other seeds and names give other orders', () => {
  const images = (seed: number, name: string) =>
    Array.from({ length: 1000 }, (_, index) => new Permutation(1_000_000, { seed, name }).apply(index))

  const steps = images(1, 'a').map((image, index, all) => Math.abs(image - (all[index - 1] ?? 0)))

  expect(steps.filter((step) => step < 1000).length).toBeLessThan(20)
  expect(images(1, 'a')).not.toEqual(images(2, 'a'))
  expect(images(1, 'a')).not.toEqual(images(1, 'b'))
})

test('images of neighbouring numbers are spread evenly, over classes and over intervals, and so are pairs of them', () => {
  for (const domain of [900_000_000, 2 ** 29, 2 ** 30]) {
    const permutation = new Permutation(domain, { seed: 9, name: 'spread' })
    const images = Array.from({ length: 64_000 }, (_, index) => permutation.apply(index))
    const intervalOf = (image: number) => Math.floor((image / domain) * 16)

    const spreads = [
      images.map((image) => image % 16),
      images.map(intervalOf),
      images.map((image, index) => (image + (images[index - 1] ?? 0)) % 16),
      images.map((image, index) => (intervalOf(image) + intervalOf(images[index - 1] ?? 0)) % 16),
    ]
    for (const spread of spreads) expect(chiSquare(spread, 16)).toBeLessThan(50)
  }
})

/** Against all classes alike; above 50 for 15 degrees of freedom has a chance of one in a hundred thousand. */
function chiSquare(classes: readonly number[], count: number): number {
  const expected = classes.length / count
  const found = new Array<number>(count).fill(0)
  for (const each of classes) found[each]!++
  return found.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0)
}
