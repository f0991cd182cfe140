// `npm run test:mysql`: the tests against a real MySQL 9, which is fetched first. Arguments go to vitest. Ends with 5
// when this machine cannot have a MySQL.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { saysYes } = await import('./setup/arguments.mjs')
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureMysql } = await import('./setup/unpacked/mysql.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { say } = await import('./setup/progress.mjs')
const { becomeProgram, runScript } = await import('./setup/script.mjs')
const { ensureServerPrograms } = await import('./setup/servers/ensure.mjs')

const args = process.argv.slice(2).filter((arg) => arg !== '--yes' && arg !== '-y')

await runScript(async () => {
  await ensureNpmPackages()
  const { bin, version } = await ensureMysql()
  say(`MySQL ${version}: ${bin}`)
  await ensureCompiledSources()
  await ensureServerPrograms({ yes: saysYes(process.argv.slice(2)) })
  process.env.CORELAB_TEST_MYSQL_BIN = bin
  const config = ['run', '--config', 'vitest.mysql.config.ts']
  await becomeProgram('node_modules/vitest/vitest.mjs', [...config, ...args])
})
