import { expect, test } from 'vitest'
import { runSeed } from '../../../src/sim/run/run-seed.js'

test('the same seed gives the same events in the same order', () => {
  const seeds = [1, 2, 3, 4, 5]
  const hashes = () => seeds.map((seed) => runSeed({ seed, seconds: 60 }).hash)
  const first = hashes()
  expect(hashes()).toEqual(first)
  expect(new Set(first).size).toBe(seeds.length)
})

test('a listener changes nothing', () => {
  const lines: string[] = []
  const told = runSeed({ seed: 7, seconds: 60, story: { tell: (_atUs, _who, what) => lines.push(what) } })
  expect(told).toEqual(runSeed({ seed: 7, seconds: 60 }))
  expect(lines.length).toBeGreaterThan(20)
})
