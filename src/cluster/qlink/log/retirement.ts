import { dirname, join } from 'node:path'
import type { LogEnd } from '../../../model/qlink.js'
import { readJsonFile, writeFileAtomic } from '../../../sys/files.js'
import type { Disk } from './disk.js'
import { indexFileOf, segmentFileOf, segmentsAmong } from './segment-name.js'

/** What retention took away: all segments up to this one, and where the log stood behind it. */
export interface Retirement {
  readonly segment: number
  readonly end: LogEnd
}

const nothingRetired: Retirement = Object.freeze({
  segment: 0,
  end: Object.freeze({ gtid: '', transactions: 0, bytes: 0 }),
})

/** Throws FILE_DAMAGED. */
export async function readRetirement(dir: string): Promise<Retirement> {
  return (await readJsonFile<Retirement>(fileOf(dir))) ?? nothingRetired
}

/** First the note, then the files: a crash between them is made good by the next {@link removeRetired}. */
export async function retire(disk: Disk, dir: string, retirement: Retirement): Promise<void> {
  await writeFileAtomic(fileOf(dir), `${JSON.stringify(retirement)}\n`, { mode: 0o600 })
  await removeRetired(disk, dir, retirement)
}

export async function removeRetired(disk: Disk, dir: string, { segment }: Retirement): Promise<void> {
  const old = segmentsAmong(await disk.list(dir)).filter((each) => each <= segment)
  for (const each of old) {
    await disk.remove(indexFileOf(dir, each))
    await disk.remove(segmentFileOf(dir, each))
  }
  if (old.length > 0) await disk.syncDir(dir)
}

/** Beside the log's folder, which holds segments and their indexes only. */
function fileOf(dir: string): string {
  return join(dirname(dir), 'retired.json')
}
