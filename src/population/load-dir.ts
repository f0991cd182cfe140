import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const prefix = 'population-'

/**
 * A folder of this process for temporary files of a load. What a killed process left behind is removed first, so
 * nothing accumulates.
 */
export async function makeLoadDir(loadDir: string): Promise<{ dir: string; remove: () => Promise<void> }> {
  await mkdir(loadDir, { recursive: true })
  for (const entry of await readdir(loadDir)) {
    const pid = entry.startsWith(prefix) ? entry.slice(prefix.length) : null
    if (pid !== null && !existsSync(`/proc/${pid}`)) await removeDir(join(loadDir, entry))
  }
  const dir = join(loadDir, `${prefix}${process.pid}`)
  await mkdir(dir, { recursive: true })
  return { dir, remove: () => removeDir(dir) }
}

function removeDir(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true })
}
