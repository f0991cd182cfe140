import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Disk } from '../../../../src/cluster/qlink/log/disk.js'
import { hostDisk } from '../../../../src/cluster/qlink/log/disk.js'
import { batchOf, transaction, transactions } from '../../../support/binlog-bytes.js'
import { failingDisk, openLog, systemError } from '../../../support/qlink-log.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const temp = temporaryDir()
/** A spare becomes a segment later. */
const isSegment = (path: string) => path.endsWith('.binlog') || path.endsWith('spare')

test('what is cut off is cut off durably', async () => {
  const part = transaction(2, { rowBytes: 9 * 1024 * 1024 }).bytes.subarray(0, 5 * 1024 * 1024)
  const calls: string[] = []
  const disk: Disk = {
    ...hostDisk,
    async make(path, kind) {
      const file = await hostDisk.make(path, kind)
      if (!isSegment(path)) return file
      return {
        async write(bytes, position) {
          await file.write(bytes, position)
          if (bytes.length === part.length) calls.push('part written')
        },
        sync: () => file.sync().then(() => void calls.push('synced')),
        truncate: (length) => file.truncate(length).then(() => void calls.push('truncated')),
        close: () => file.close(),
      }
    },
  }
  const log = await openLog(temp.path, { disk })
  await log.write(transaction(1))
  log.writer.append(batchOf([], { rest: part }))
  await expect.poll(() => calls).toContain('part written')

  await log.writer.cut()

  expect(calls.slice(-3)).toEqual(['part written', 'truncated', 'synced'])
  await log.writer.close()
})

test('nothing is durable while the sync is under way, and what comes in meanwhile is the next group', async () => {
  let release: (() => void) | null = null
  let syncs = 0
  const disk: Disk = {
    ...hostDisk,
    async make(path, kind) {
      const file = await hostDisk.make(path, kind)
      if (!path.endsWith('.binlog')) return file
      return {
        sync: () => file.sync(),
        truncate: (length) => file.truncate(length),
        close: () => file.close(),
        async write(bytes, position) {
          if (held) {
            syncs++
            await new Promise<void>((resolve) => {
              release = resolve
            })
          }
          await file.write(bytes, position)
        },
      }
    },
  }
  let held = false
  const log = await openLog(temp.path, { disk })
  await log.write(transaction(1))
  held = true

  let settled = log.settled()
  log.writer.append(batchOf([transaction(2)]))
  log.writer.sync()
  await expect.poll(() => release).not.toBe(null)
  log.writer.append(batchOf(transactions(3, 4)))
  log.writer.sync()
  log.writer.append(batchOf(transactions(5, 9)))
  log.writer.sync()
  expect(log.writer.durable.transactions).toBe(1)

  release!()
  release = null
  await settled
  expect(log.writer.durable.transactions).toBe(2)
  settled = log.settled()
  await expect.poll(() => release).not.toBe(null)
  release!()
  await settled
  expect(log.writer.durable.transactions).toBe(9)
  expect(syncs).toBe(2)
  held = false
  await log.writer.close()
})

test.each([
  ['write', 'ENOSPC'],
  ['write', 'EROFS'],
  ['write', 'EIO'],
  ['make', 'ENOSPC'],
])(
  'a failing %s (%s) makes nothing durable; after the repair the log goes on without a gap',
  async (call, code) => {
    let broken = false
    // Files are made only where no spare is ready.
    const isDue = (path: string) => broken || (call === 'make' && path.endsWith('spare'))
    const disk = failingDisk((each, path) =>
      each === call && isSegment(path) && isDue(path) ? systemError(code) : null,
    )
    const log = await openLog(temp.path, { disk, segmentBytes: 1000 })
    await log.write(...transactions(1, 5))
    broken = true
    await log.write(...transactions(6, 8))
    expect(log.failures).toEqual([expect.stringContaining(code)])
    expect(log.writer.durable.transactions).toBe(5)
    expect(log.writer.received.transactions).toBe(5)
    expect(log.writer.append(batchOf(transactions(6, 8)))).toBe(false)
    await expect(log.writer.repair()).rejects.toThrow(code)
    await expect(log.writer.repair()).rejects.toThrow(code)

    broken = false
    await log.writer.repair()
    log.writer.beginLink(1)
    await log.write(...transactions(6, 8))
    await log.writer.close()
    expect((await openLog(temp.path)).recovered.end).toMatchObject({ gtid: '0-1-8', transactions: 8 })
  },
)

test('after a failed sync what was written is never made durable by a later sync of the same file', async () => {
  let broken = false
  const disk = failingDisk((call, path) =>
    broken && call === 'write' && isSegment(path) ? systemError('EIO') : null,
  )
  const log = await openLog(temp.path, { disk })
  await log.write(transaction(1))
  broken = true
  await log.write(transaction(2))
  broken = false
  // The kernel has reported the lost page once; it would say yes to a second try.
  log.writer.sync()
  expect(log.writer.durable.transactions).toBe(1)
  await log.writer.repair()
  log.writer.beginLink(1)
  await log.write(transaction(2))
  await log.writer.close()
  expect((await readdir(log.dir)).filter((name) => name.endsWith('.binlog'))).toEqual([
    '00000001.binlog',
    '00000002.binlog',
  ])
  expect((await openLog(temp.path)).recovered.end.transactions).toBe(2)
})

test('an index that cannot be written costs nothing but its next reading', async () => {
  const disk = failingDisk((call, path) =>
    call === 'write' && path.endsWith('.index') && indexBroken ? systemError('ENOSPC') : null,
  )
  let indexBroken = false
  const log = await openLog(temp.path, { disk })
  await log.write(transaction(1))
  indexBroken = true
  await log.write(...transactions(2, 5))
  expect(log.failures).toEqual([])
  expect(log.writer.durable.transactions).toBe(5)
  await log.writer.close()
  expect((await openLog(temp.path)).recovered.end.transactions).toBe(5)
})

test('no room for a spare segment is no failure', async () => {
  const disk = failingDisk((call, path) =>
    call === 'write' && path.endsWith('spare') ? systemError('ENOSPC') : null,
  )
  const log = await openLog(temp.path, { disk, segmentBytes: 1000 })
  for (const each of transactions(1, 20)) await log.write(each)
  expect(log.failures).toEqual([])
  await log.writer.close()
  expect((await readdir(join(temp.path, 'log'))).includes('spare')).toBe(false)
})
