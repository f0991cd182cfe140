import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LogReader } from '../../../../src/cluster/qlink/log/log-reader.js'
import { batchOf, formatEvent, transaction, transactions } from '../../../support/binlog-bytes.js'
import { openLog } from '../../../support/qlink-log.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const temp = temporaryDir()
const readerOf = (dir: string) => new LogReader({ dir, engine: 'mariadb', durable: null })

async function gtidsIn(dir: string): Promise<string[]> {
  const gtids: string[] = []
  for await (const { gtid } of readerOf(dir).transactions()) gtids.push(gtid)
  return gtids
}

const numbered = (from: number, to: number) => transactions(from, to).map(({ gtid }) => gtid)

test('a segment is a binlog file: magic, format description, transactions byte for byte, and nothing else', async () => {
  const log = await openLog(temp.path)
  const made = transactions(1, 3)
  await log.write(...made)
  await log.writer.close()

  const bytes = await readFile(join(log.dir, '00000001.binlog'))
  const magic = Buffer.from([0xfe, 0x62, 0x69, 0x6e])
  expect(bytes.equals(Buffer.concat([magic, formatEvent(), ...made.map((each) => each.bytes)]))).toBe(true)
  expect(await readdir(log.dir)).toEqual(['00000001.binlog', '00000001.index'])
})

test('the end counts transactions and bytes from the first one ever, over restarts and segments', async () => {
  const all = transactions(1, 60)
  const bytesOf = (count: number) => all.slice(0, count).reduce((sum, { bytes }) => sum + bytes.length, 0)
  for (let from = 0; from < 60; from += 10) {
    const log = await openLog(temp.path, { segmentBytes: 2000 })
    expect(log.recovered.end).toEqual({
      gtid: from === 0 ? '' : `0-1-${from}`,
      transactions: from,
      bytes: bytesOf(from),
    })
    for (const each of all.slice(from, from + 10)) await log.write(each)
    await log.writer.close()
  }
  const { recovered, dir } = await openLog(temp.path)
  expect(recovered.end).toEqual({ gtid: '0-1-60', transactions: 60, bytes: bytesOf(60) })
  expect(recovered.ended.length).toBeGreaterThan(3)
  expect(await gtidsIn(dir)).toEqual(numbered(1, 60))
})

test('a segment ends between transactions, before the group that would make it too large', async () => {
  const log = await openLog(temp.path, { segmentBytes: 2000 })
  for (const each of transactions(1, 40)) await log.write(each)
  await log.writer.close()
  for (const name of (await readdir(log.dir)).filter((each) => each.endsWith('.binlog')))
    expect((await readFile(join(log.dir, name))).length).toBeLessThanOrEqual(2000)
})

test('a segment that was begun without room is left once there is room elsewhere, with nothing lost or doubled', async () => {
  const segmentBytes = 16 * 1024 * 1024
  const rowBytes = 100 * 1024
  const log = await openLog(temp.path, { segmentBytes })
  let last = 0
  const writeOne = () => log.write(transaction(++last, { rowBytes }))
  const segments = async () => (await readdir(log.dir)).filter((name) => /^\d+\.binlog$/.test(name))
  await expect.poll(() => writeOne().then(segments), { timeout: 20_000 }).toHaveLength(2)
  expect(last * rowBytes, 'it was far from full').toBeLessThan(segmentBytes - 2 * rowBytes)
  for (let each = 0; each < 5; each++) await writeOne()
  await log.writer.close()

  expect(await segments()).toHaveLength(2)
  expect(await gtidsIn(log.dir)).toEqual(numbered(1, last))
  const { recovered } = await openLog(temp.path)
  expect(recovered.end.gtid).toBe(`0-1-${last}`)
})

test('each epoch has segments of its own, and an empty one leaves no file', async () => {
  const log = await openLog(temp.path)
  await log.write(...transactions(1, 2))
  log.writer.beginLink(2)
  log.writer.beginLink(3)
  log.writer.setFormat(formatEvent({ createdSeconds: 77 }))
  await log.write(transaction(3, { server: 2 }))
  await log.writer.close()

  const epochs: [string, number, number][] = []
  for await (const { gtid, segment, epoch } of readerOf(log.dir).transactions())
    epochs.push([gtid, segment, epoch])
  expect(epochs).toEqual([
    ['0-1-1', 1, 1],
    ['0-1-2', 1, 1],
    ['0-2-3', 2, 3],
  ])
})

test('a new link of the same epoch goes on in the same segment, unless the format has changed', async () => {
  const log = await openLog(temp.path)
  await log.write(transaction(1))
  log.writer.beginLink(1)
  log.writer.setFormat(formatEvent({ createdSeconds: 99 }))
  await log.write(transaction(2))
  log.writer.beginLink(1)
  log.writer.setFormat(formatEvent({ version: '10.11.20-MariaDB-log' }))
  await log.write(transaction(3))
  await log.writer.close()
  const segments: number[] = []
  for await (const { segment } of readerOf(log.dir).transactions()) segments.push(segment)
  expect(segments).toEqual([1, 1, 2])
})

test('what a leader left incomplete is cut, also what was written of it already', async () => {
  const log = await openLog(temp.path)
  await log.write(transaction(1))
  const huge = transaction(2, { rowBytes: 9 * 1024 * 1024 }).bytes
  log.writer.append(batchOf([], { rest: huge.subarray(0, 5 * 1024 * 1024) }))
  log.writer.append(batchOf([], { rest: huge.subarray(5 * 1024 * 1024, 6 * 1024 * 1024) }))
  await log.writer.cut()
  await log.write(transaction(2))
  await log.writer.close()
  expect(await gtidsIn(log.dir)).toEqual(numbered(1, 2))
  expect((await openLog(temp.path)).recovered.cutBytes).toBe(0)
})

test('it tells how far a leader has got inside a transaction; what is sent again is no progress, and a new epoch begins anew', async () => {
  const log = await openLog(temp.path)
  await log.write(transaction(1))
  const start = log.writer.durable.bytes
  const huge = transaction(2, { rowBytes: 9 * 1024 * 1024 }).bytes
  const send = (bytes: number) => log.writer.append(batchOf([], { rest: huge.subarray(0, bytes) }))

  send(3_000_000)
  expect(log.writer.furthestBytes).toBe(start + 3_000_000)
  await log.writer.cut()
  log.writer.beginLink(1)
  send(2_000_000)
  expect(log.writer.furthestBytes).toBe(start + 3_000_000)
  await log.writer.cut()
  log.writer.beginLink(2)
  expect(log.writer.furthestBytes).toBe(start)
  await log.writer.close()
})

test('a transaction larger than any buffer goes through in parts and comes out whole', async () => {
  const log = await openLog(temp.path)
  log.begin()
  const huge = transaction(1, { rowBytes: 20 * 1024 * 1024 })
  for (let at = 0; at + 300_000 < huge.bytes.length; at += 300_000) {
    log.writer.append(batchOf([], { rest: huge.bytes.subarray(at, at + 300_000) }))
    while (log.full.at(-1)) await new Promise(setImmediate)
  }
  const done = Math.floor((huge.bytes.length - 1) / 300_000) * 300_000
  const rest = huge.bytes.subarray(done)
  const last = { ...batchOf([{ ...huge, bytes: rest }, transaction(2)]) }
  const settled = log.settled()
  log.writer.append(last)
  log.writer.sync()
  await settled
  expect(log.writer.durable).toEqual({
    gtid: '0-1-2',
    transactions: 2,
    bytes: huge.bytes.length + transaction(2).bytes.length,
  })
  await log.writer.close()
  expect(await gtidsIn(log.dir)).toEqual(numbered(1, 2))
})

test('a leader that repeats what the log has is not followed', async () => {
  const log = await openLog(temp.path)
  await log.write(...transactions(1, 5))
  expect(log.writer.append(batchOf([transaction(5)]))).toBe(false)
  log.writer.beginLink(1)
  expect(log.writer.append(batchOf([transaction(4)]))).toBe(false)
  expect(log.writer.append(batchOf([transaction(6)]))).toBe(true)
  await log.writer.close()
})

test('a lost or damaged index is built anew from its segment, with epochs from the journal', async () => {
  const log = await openLog(temp.path, { epoch: 4, segmentBytes: 3000 })
  for (const each of transactions(1, 50)) await log.write(each)
  await log.writer.close()
  await rm(join(log.dir, '00000001.index'))
  const second = join(log.dir, '00000002.index')
  const index = await readFile(second)
  index[index.length - 100]! ^= 1
  await writeFile(second, index)

  const leader = { node: 'db-1' as never, host: '127.0.0.1', port: 1 }
  const records = [{ kind: 'open', term: 1, epoch: 4, leader, from: '' } as const]
  const { recovered, dir } = await openLog(temp.path, { records })
  expect(recovered.end.transactions).toBe(50)
  expect(recovered.ended[0]?.start).toMatchObject({ segment: 1, epoch: 4 })
  expect(await gtidsIn(dir)).toEqual(numbered(1, 50))
})

test('GTIDs are found by the segment and the place in which they must be', async () => {
  const log = await openLog(temp.path, { segmentBytes: 3000 })
  for (const each of transactions(10, 60)) await log.write(each)
  await log.writer.close()
  const reader = readerOf(log.dir)
  expect(
    await reader.placesOf(['0-1-10', '0-1-37', '0-1-60', '0-1-61', '0-2-37', '0-2-5', '0-1-1000']),
  ).toEqual(['inside', 'inside', 'inside', 'after', 'foreign', 'foreign', 'after'])
})

test('what is beyond a position comes as parts of files, from exactly the next transaction on', async () => {
  const log = await openLog(temp.path, { segmentBytes: 3000 })
  for (const each of transactions(1, 60)) await log.write(each)
  await log.writer.close()
  const reader = readerOf(log.dir)
  for (const position of [0, 1, 17, 59, 60]) {
    const slices = (await reader.slicesBeyond(position === 0 ? '' : `0-1-${position}`))!
    const bytes = await Promise.all(
      slices.map(async ({ path, offset, end }) => (await readFile(path)).subarray(offset, end)),
    )
    const wanted = position === 60 ? [] : transactions(position + 1, 60).map((each) => each.bytes)
    expect(Buffer.concat(bytes).equals(Buffer.concat(wanted))).toBe(true)
  }
})

test('a reader beside a writer sees what is durable and nothing of what is being written', async () => {
  const log = await openLog(temp.path)
  await log.write(...transactions(1, 4))
  log.writer.append(batchOf(transactions(5, 6)))
  const reader = new LogReader({ dir: log.dir, engine: 'mariadb', durable: log.writer.durable })
  const seen: string[] = []
  for await (const { gtid } of reader.transactions()) seen.push(gtid)
  expect(seen).toEqual(numbered(1, 4))
  expect((await reader.newest(2)).map(({ gtid }) => gtid)).toEqual(['0-1-3', '0-1-4'])
  await log.writer.close()
})

test('a writer that was killed leaves room of zeros behind its last transaction, which is no damage', async () => {
  const log = await openLog(temp.path, { segmentBytes: 3000 })
  for (const each of transactions(1, 30)) await log.write(each)
  // Not closed: as after SIGKILL. The last segment has its room still.
  const again = await openLog(temp.path, { segmentBytes: 3000 })
  expect(again.recovered.end.transactions).toBe(30)
  await again.write(...transactions(31, 33))
  await again.writer.close()
  expect(await gtidsIn(again.dir)).toEqual(numbered(1, 33))
  await log.writer.close()
})

test('an index may lag behind its segment, and is completed', async () => {
  const log = await openLog(temp.path)
  for (const each of transactions(1, 9)) await log.write(each)
  await log.writer.close()
  const index = join(log.dir, '00000001.index')
  await truncate(index, (await readFile(index)).length - 64 * 5)
  expect((await openLog(temp.path)).recovered.end.transactions).toBe(9)
})
