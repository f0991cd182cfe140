// `node scripts/sim-golden.mjs`: writes test/unit/sim/golden.json anew, after a change that was meant to change the order
// of events in a simulated run: the hashes of some runs, and the first seed that gives each planted bug away.
// `--dist DIR` takes another build than dist/.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { inRepository } = await import('./setup/repository.mjs')
const { runScript } = await import('./setup/script.mjs')

const seeds = [1, 2, 7, 42, 99, 392, 1295, 4_294_967_295]
const seconds = 60
const seedsMax = 5000

const { values } = parseArgs({ options: { dist: { type: 'string' } } })

await runScript(async () => {
  if (values.dist === undefined) {
    await ensureNpmPackages()
    await ensureCompiledSources()
  }
  const dist = values.dist === undefined ? inRepository('dist') : resolve(values.dist)
  const compiled = (/** @type {string} */ path) => import(pathToFileURL(join(dist, 'sim', path)).href)
  const { runSeed } = await compiled('run/run-seed.js')
  const { plants } = await compiled('plant/plants.js')
  const runs = seeds.map((seed) => ({ seed, hash: runSeed({ seed, seconds }).hash }))
  const found = Object.fromEntries(
    Object.entries(plants).map(([name, { parts }]) => [name, firstSeedOf(runSeed, parts)]),
  )
  writeFileSync(
    inRepository('test', 'unit', 'sim', 'golden.json'),
    `${JSON.stringify({ runs, plants: found }, null, 2)}\n`,
  )
})

/**
 * @param {(options: object) => { readonly violation: { readonly invariant: string } | null }} runSeed
 * @param {object} parts
 */
function firstSeedOf(runSeed, parts) {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { violation } = runSeed({ seed, seconds, parts })
    const isItsOwn = violation !== null && runSeed({ seed, seconds }).violation === null
    if (violation !== null && isItsOwn) return { seed, invariant: violation.invariant }
  }
  throw new Error(`nothing gives it away in ${seedsMax} seeds`)
}
