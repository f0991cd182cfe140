// Installs the server programs, as root and nothing else. `npm start` and `npm test` call it when they may.
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { installServers, stopWithCaller } = await import('./setup/as-root/install-servers.mjs')
const { runScript } = await import('./setup/script.mjs')
const { SetupError } = await import('./setup/setup-error.mjs')

const isHelper = process.argv.includes('--stop-with-caller')

await runScript(install, { isHelper })

async function install() {
  if (process.getuid?.() !== 0) {
    throw new SetupError({
      message: 'Only root can install packages',
      fix: [`sudo ${process.execPath} scripts/install-servers.mjs`],
    })
  }
  if (isHelper) stopWithCaller()
  await installServers()
}
