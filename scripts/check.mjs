// `npm run check`: format and lint, types, architecture, dead code. Everything that needs no server and no build.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { runChecks } = await import('./check/run-checks.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { runScript } = await import('./setup/script.mjs')

await runScript(async () => {
  await ensureNpmPackages()
  const failed = await runChecks()
  if (failed > 0) process.exitCode = 1
})
