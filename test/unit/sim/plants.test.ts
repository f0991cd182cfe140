import { expect, test } from 'vitest'
import { plants } from '../../../src/sim/plant/plants.js'
import { runSeed } from '../../../src/sim/run/run-seed.js'

/** A bug that hides longer is as good as not found. */
const seedsMax = 400

test.each(Object.entries(plants))('finds the planted bug %s', (_name, { parts }) => {
  let found: unknown = null
  for (let seed = 1; seed <= seedsMax && found === null; seed++)
    found = runSeed({ seed, seconds: 60, parts }).violation
  expect(found).not.toBeNull()
})
