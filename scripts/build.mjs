// `npm run build`: compiles src/ into dist/ when it changed, and writes the command manifest.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { runScript } = await import('./setup/script.mjs')

await runScript(async () => {
  await ensureNpmPackages()
  await ensureCompiledSources()
})
