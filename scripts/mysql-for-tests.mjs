// Gets a real MySQL 9 into the cache folder, without root and without Docker, and prints the folder of its programs.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { ensureMysql } = await import('./setup/unpacked/mysql.mjs')
const { runScript } = await import('./setup/script.mjs')

await runScript(async () => {
  const { bin } = await ensureMysql()
  process.stdout.write(`${bin}\n`)
})
