// `npm test`: sets up what is missing and runs the tests, those against real servers included. Arguments go to
// vitest, e.g. `npm test -- test/unit`. The results also go to .cache/test-results.json, for .ci/run.
import { rmSync } from 'node:fs'
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { saysYes } = await import('./setup/arguments.mjs')
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { inRepository } = await import('./setup/repository.mjs')
const { becomeProgram, runScript } = await import('./setup/script.mjs')
const { ensureServerPrograms } = await import('./setup/servers/ensure.mjs')

const resultsFile = inRepository('.cache', 'test-results.json')
const args = process.argv.slice(2).filter((arg) => arg !== '--yes' && arg !== '-y')

await runScript(async () => {
  // Old results must never be taken for those of a run that did not come so far.
  rmSync(resultsFile, { force: true })
  await ensureNpmPackages()
  await ensureCompiledSources()
  await ensureServerPrograms({ yes: saysYes(process.argv.slice(2)) })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`]
  await becomeProgram('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...args])
})
