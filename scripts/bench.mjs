// `npm run bench -- <name> [flags]`: runs bench/<name>.bench.mjs against a fresh build; bare, it lists the names.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { listBenchmarks, requireBenchmark } = await import('./bench/benchmarks.mjs')
const { saysYes } = await import('./setup/arguments.mjs')
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { becomeProgram, runScript } = await import('./setup/script.mjs')
const { ensureServerPrograms } = await import('./setup/servers/ensure.mjs')

const [name, ...args] = process.argv.slice(2)

await runScript(async () => {
  if (name === undefined) return listBenchmarks()
  const script = requireBenchmark(name)
  await ensureNpmPackages()
  await ensureCompiledSources()
  await ensureServerPrograms({ yes: saysYes(args) })
  await becomeProgram(script, args)
})
