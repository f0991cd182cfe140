import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disk, DiskFile } from '../../src/cluster/qlink/log/disk.js'
import { hostDisk } from '../../src/cluster/qlink/log/disk.js'
import { LogWriter } from '../../src/cluster/qlink/log/log-writer.js'
import { OpenSegment } from '../../src/cluster/qlink/log/open-segment.js'
import type { RecoveredLog } from '../../src/cluster/qlink/log/recover-log.js'
import { recoverLog } from '../../src/cluster/qlink/log/recover-log.js'
import type { EpochRecord, LogEnd } from '../../src/model/qlink.js'
import { batchOf, formatEvent, type MadeTransaction } from './binlog-bytes.js'

/** A log in a folder, written to as qlink writes to it, with its promises made awaitable. */
export interface TestLog {
  readonly writer: LogWriter
  readonly recovered: RecoveredLog
  readonly dir: string
  /** Ends of groups as they became durable. */
  readonly synced: LogEnd[]
  readonly failures: string[]
  readonly full: boolean[]
  /** As if a leader had been connected to; the first `write` does it, too. What begins must be closed. */
  begin(): void
  /** Appends, syncs, and waits until it is durable or has failed. */
  write(...whole: MadeTransaction[]): Promise<void>
  /** Resolves after the next sync or failure. */
  settled(): Promise<void>
}

export async function openLog(
  dataDir: string,
  options: {
    readonly disk?: Disk
    readonly epoch?: number
    readonly segmentBytes?: number
    readonly records?: readonly EpochRecord[]
  } = {},
): Promise<TestLog> {
  const { disk = hostDisk, epoch = 1, segmentBytes = 32 * 1024 * 1024, records = [] } = options
  const dir = join(dataDir, 'log')
  await mkdir(dir, { recursive: true })
  const recovered = await recoverLog({ disk, dir, engine: 'mariadb', records })
  const segment = recovered.last ? await OpenSegment.resume(disk, dir, recovered.last) : null
  const synced: LogEnd[] = []
  const failures: string[] = []
  const full: boolean[] = []
  let waiting: (() => void)[] = []
  const settle = () => {
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const settled = () => new Promise<void>((resolve) => waiting.push(resolve))
  const writer = new LogWriter({
    disk,
    dir,
    engine: 'mariadb',
    segmentBytes,
    spareAfterMs: 0,
    end: recovered.end,
    segment,
    segmentNumber: recovered.segmentNumber,
    listener: {
      onSynced(end) {
        synced.push(end)
        settle()
      },
      onFailed(reason) {
        failures.push(reason)
        settle()
      },
      onFull: (isFull) => full.push(isFull),
      onSegmentEnded: () => undefined,
    },
  })
  let begun = false
  const begin = () => {
    if (begun) return
    begun = true
    writer.beginLink(epoch)
    writer.setFormat(formatEvent())
  }
  const write = async (...whole: MadeTransaction[]) => {
    begin()
    const done = settled()
    if (!writer.append(batchOf(whole))) throw new Error('the log did not take the batch')
    writer.sync()
    await done
  }
  return { writer, recovered, dir, synced, failures, full, begin, write, settled }
}

/** A disk on which the calls that `fails` names go wrong, with the error that it returns. */
export function failingDisk(fails: (call: string, path: string) => Error | null): Disk {
  const check = (call: string, path: string) => {
    const error = fails(call, path)
    if (error) throw error
  }
  const wrap = (file: DiskFile, path: string): DiskFile => ({
    async write(bytes, position) {
      check('write', path)
      await file.write(bytes, position)
    },
    async sync() {
      check('sync', path)
      await file.sync()
    },
    async truncate(length) {
      check('truncate', path)
      await file.truncate(length)
    },
    close: () => file.close(),
  })
  return {
    ...hostDisk,
    async make(path, kind) {
      check('make', path)
      return wrap(await hostDisk.make(path, kind), path)
    },
    async open(path, kind) {
      check('open', path)
      return wrap(await hostDisk.open(path, kind), path)
    },
  }
}

/** A system error as Node raises it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made for this test`), { code })
}
