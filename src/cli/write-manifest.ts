import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import type { CommandSummary } from './root-help.js'
import { conciseHelp, rootHelp } from './root-help.js'

/**
 * Build step, run by `scripts/build.mjs` after the compiler: `oclif.manifest.json`, so that oclif need not load
 * every command to know one, and the root help as finished texts for the fast path in `bin/run.js`.
 */
await writeManifest(fileURLToPath(new URL('../../', import.meta.url)))

async function writeManifest(root: string): Promise<void> {
  const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true, isRoot: true })
  await plugin.load()
  const commands = Object.values(plugin.manifest.commands)
    .filter((command) => command.hidden !== true)
    .map(
      (command): CommandSummary => ({
        name: command.id.replaceAll(':', ' '),
        summary: command.summary ?? '',
      }),
    )
  // Brought by a plugin, so the manifest does not know it.
  commands.push({ name: 'autocomplete', summary: 'Set up completion by TAB for bash, zsh or PowerShell' })
  const helpDir = join(root, 'dist', 'help')
  await mkdir(helpDir, { recursive: true })
  await writeFile(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, null, 2)}\n`)
  await writeFile(join(helpDir, 'root.txt'), rootHelp(plugin.version, commands))
  await writeFile(join(helpDir, 'concise.txt'), conciseHelp(plugin.version, commands))
}
