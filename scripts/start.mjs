// `npm start`: sets everything up on a bare machine, then runs the tour (`corelab demo`) with the flags given.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { becomeProgram, runScript } = await import('./setup/script.mjs')
const { ensureServerPrograms } = await import('./setup/servers/ensure.mjs')
const { asksForHelp, saysYes } = await import('./setup/arguments.mjs')

const args = process.argv.slice(2)

await runScript(async () => {
  await ensureNpmPackages()
  await ensureCompiledSources()
  if (!asksForHelp(args)) await ensureServerPrograms({ yes: saysYes(args) })
  await becomeProgram('bin/run.js', ['demo', ...args])
})
