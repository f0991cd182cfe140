import { expect, test } from 'vitest'
import { runSeed } from '../../../src/sim/run/run-seed.js'
import { aGoldenRun, goldenPlants, goldenRuns } from './golden.js'

test.each(goldenRuns)('seed $seed is the same run on every host: $hash', ({ seed, hash }) => {
  expect(runSeed({ seed, seconds: 60 }).hash).toBe(hash)
})

test('the same seed twice is the same run, whether somebody listens or not', () => {
  const { seed } = aGoldenRun
  const lines: string[] = []
  const told = runSeed({ seed, seconds: 60, story: { tell: (_atUs, _who, what) => lines.push(what) } })
  expect(told).toEqual(runSeed({ seed, seconds: 60 }))
  expect(lines.length).toBeGreaterThan(20)
})

test('another seed is another run', () => {
  expect(new Set(goldenRuns.map(({ hash }) => hash)).size).toBe(goldenRuns.length)
})

test.each(goldenPlants)('$name is given away in seed $seed, by $invariant', ({ seed, invariant, plant }) => {
  expect(runSeed({ seed, seconds: 60, parts: plant.parts }).violation).toMatchObject({ invariant })
  expect(runSeed({ seed, seconds: 60 }).violation).toBeNull()
})
