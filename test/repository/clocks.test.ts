import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/project/package-root.js'

/** They write the time beside something, and never compare it. */
const stamps: ReadonlySet<string> = new Set([
  'src/cluster/keeper/event-log.ts',
  'src/cluster/load-window/load-users.ts',
  'src/cluster/prepare.ts',
  'src/cluster/qlink/run-qlink.ts',
  'src/cluster/rejoin/follow-history.ts',
  'src/cluster/rejoin/save-extras.ts',
])

test('who decides about a master never looks at the wall clock: it may jump by an hour', async () => {
  const looking: string[] = []
  for (const folder of ['src/protocol', 'src/cluster']) {
    const entries = await readdir(join(packageRoot, folder), { recursive: true })
    for (const entry of entries.filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(join(packageRoot, folder, entry), 'utf8')
      if (/\bwallMs\b|Date\.now|new Date\(\)/.test(text)) looking.push(join(folder, entry))
    }
  }
  expect(looking.sort()).toEqual([...stamps].sort())
})
