import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComponentSpec } from '../model/component-spec.js'
import { ensureDir, errnoOf, isThere, removeTree, writeFileAtomic } from './files.js'

type Facts = Pick<ComponentSpec, 'cwd' | 'dataMadeAtFirstStart'>

/**
 * A server that makes its own data folder and is killed meanwhile finds half of it at its next start: RabbitMQ then
 * refuses for ever. Nobody has been served from it yet, so such a folder is thrown away. A marker, on disk before the
 * server runs and removed by {@link endFirstStart}, tells it from one with data.
 */
export async function beginFirstStart(spec: Facts): Promise<void> {
  const data = spec.dataMadeAtFirstStart
  if (data === null) return
  const marker = markerOf(spec)
  if (await isThere(marker)) await removeTree(data)
  else if (await isEmpty(data)) await writeFileAtomic(marker, 'not ready yet\n', { mode: 0o600 })
  await ensureDir(data, { mode: 0o700 })
}

/** The server has answered: from now on there is something to lose. */
export async function endFirstStart(spec: Facts): Promise<void> {
  if (spec.dataMadeAtFirstStart !== null) await rm(markerOf(spec), { force: true })
}

function markerOf({ cwd }: Facts): string {
  return join(cwd, 'first-start')
}

async function isEmpty(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length === 0
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true
    throw error
  }
}
