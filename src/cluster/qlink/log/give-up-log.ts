import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemClock } from '../../../kit/clock.js'
import type { EpochRecord, LogEnd } from '../../../model/qlink.js'
import { isThere, removeTree } from '../../../sys/files.js'
import { acquireLock } from '../../../sys/locks.js'
import type { Disk } from './disk.js'
import { EpochJournal } from './epoch-journal.js'
import { logDirOf } from './qlink-log.js'
import { retire } from './retirement.js'

export interface GivenUpLog {
  /** `data` of the component. */
  readonly dataDir: string
  readonly disk: Disk
  /** The journal of the log that begins in its place. */
  readonly records: readonly EpochRecord[]
  /** Behind which it begins. */
  readonly from: Pick<LogEnd, 'gtid' | 'transactions'>
  readonly signal: AbortSignal
}

/** A qlink that was told to end may not be quite gone. */
const lockWaitMs = 5000

/**
 * Begins an empty log in the place of one that nobody can use any more. The old one is kept beside it, whole; returns its
 * folder. qlink must not run. Cut off between its two renames it leaves a qlink that knows of no epoch: that is noticed, and
 * the same order mends it. Throws the system's errors.
 */
export async function giveUpLog(options: GivenUpLog): Promise<string> {
  const { dataDir, disk, records, from, signal } = options
  const lock = await acquireLock(join(dirname(dataDir), 'lock'), {
    purpose: 'giving up the log',
    waitMs: lockWaitMs,
    clock: systemClock,
    signal,
  })
  try {
    const fresh = `${dataDir}.fresh`
    await removeTree(fresh)
    const logDir = logDirOf(fresh)
    await mkdir(logDir, { recursive: true, mode: 0o700 })
    const journal = await EpochJournal.open(disk, fresh)
    for (const record of records) await journal.append(record)
    await journal.close()
    await retire(disk, logDir, { segment: 0, end: { ...from, bytes: 0 } })
    await disk.syncDir(fresh)
    const kept = await freeName(dataDir)
    if (await isThere(dataDir)) await disk.rename(dataDir, kept)
    await disk.rename(fresh, dataDir)
    await disk.syncDir(dirname(dataDir))
    return kept
  } finally {
    await lock.release()
  }
}

async function freeName(dataDir: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${dataDir}.given-up-${number}`
    if (!(await isThere(name))) return name
  }
}
