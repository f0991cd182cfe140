import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ScannedTransaction,
  type ScanOptions,
  scanBinlog,
} from '../../../../src/clients/binlog/scan-binlog.js'
import {
  event,
  formatEvent,
  magicBytes,
  mariadbGtid,
  mysqlGtid,
  query,
  rotate,
  rows,
  uuidText,
  xid,
} from '../../../support/binlog-events.js'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-scan-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const head = Buffer.concat([magicBytes, formatEvent()])
const first = Buffer.concat([mariadbGtid('0-1-7', { atSeconds: 1700000000 }), rows(40), xid()])
const second = Buffer.concat([mariadbGtid('0-1-8', { alone: true }), query('DROP TABLE t')])
const third = Buffer.concat([mariadbGtid('0-2-9'), rows(10), xid()])
const log = Buffer.concat([head, first, second, third])

const seen = (transactions: readonly ScannedTransaction[]) => transactions.map((each) => each.gtid)

async function scanChunks(chunks: readonly Buffer[]) {
  const transactions: ScannedTransaction[] = []
  const source = (async function* () {
    yield* chunks
  })()
  return { ...(await scanBinlog(source, (each) => transactions.push(each))), seen: transactions }
}

async function scanFile(bytes: Buffer, options?: ScanOptions) {
  const path = join(dir, 'segment')
  await writeFile(path, bytes)
  const transactions: ScannedTransaction[] = []
  return { ...(await scanBinlog(path, (each) => transactions.push(each), options)), seen: transactions }
}

test('each transaction is told with its place, time and kind', async () => {
  const scan = await scanFile(log)

  expect(scan).toMatchObject({
    format: { serverVersion: '10.11.19-MariaDB-log' },
    transactions: 3,
    end: log.length,
    size: log.length,
    damage: null,
    seen: [
      {
        gtid: '0-1-7',
        offset: head.length,
        length: first.length,
        atSeconds: 1700000000,
        kind: 'transaction',
      },
      { gtid: '0-1-8', offset: head.length + first.length, length: second.length, kind: 'statement' },
      { gtid: '0-2-9', length: third.length, kind: 'transaction' },
    ],
  })
})

test('it does not matter in what chunks the bytes come', async () => {
  for (const chunkBytes of [1, 7, 100, log.length]) {
    const chunks = Array.from({ length: Math.ceil(log.length / chunkBytes) }, (_, index) =>
      log.subarray(index * chunkBytes, (index + 1) * chunkBytes),
    )
    expect(await scanChunks(chunks)).toMatchObject({ transactions: 3, end: log.length, damage: null })
  }
})

test('MySQL transactions are told as well', async () => {
  const bytes = Buffer.concat([
    head,
    event({ type: 35, body: Buffer.alloc(8) }),
    mysqlGtid(5),
    query('BEGIN'),
    rows(10),
    xid(),
    rotate('b.000002', { flags: 0 }),
  ])

  expect(await scanFile(bytes)).toMatchObject({
    end: bytes.length,
    damage: null,
    seen: [{ gtid: `${uuidText}:5` }],
  })
})

test('a log that is cut anywhere is torn, and what was whole before is told', async () => {
  const ends = [head.length, head.length + first.length, head.length + first.length + second.length]
  for (let length = 0; length < log.length; length++) {
    const scan = await scanFile(log.subarray(0, length))
    const whole = ends.filter((each) => each <= length).length
    expect(scan.seen.length).toBe(Math.max(0, whole - 1))
    expect(scan.end).toBe(whole === 0 ? 0 : ends[whole - 1])
    if (ends.includes(length)) expect(scan.damage).toBeNull()
    else expect(scan.damage).toMatchObject({ kind: 'torn', offset: expect.any(Number) })
  }
})

test('a torn place is named: the event that is cut, or the transaction that lacks its end', async () => {
  const inTransaction = await scanFile(Buffer.concat([log, mariadbGtid('0-2-10'), rows(5)]))
  const inEvent = await scanFile(log.subarray(0, -1))

  expect(inTransaction.damage).toEqual({
    kind: 'torn',
    offset: log.length,
    reason: 'the file ends inside of transaction 0-2-10',
  })
  expect(inEvent.damage).toEqual({
    kind: 'torn',
    offset: log.length - xid().length,
    reason: 'the file ends inside of an event',
  })
})

test('a flipped bit anywhere is found; it is damage when readable events follow, else a torn end', async () => {
  const lastEvent = log.length - xid().length
  for (let index = magicBytes.length; index < log.length; index++) {
    // The flag "in use" is not covered by the format's checksum.
    if (index === magicBytes.length + 17) continue
    const flipped = Buffer.from(log)
    flipped[index]! ^= 0x04
    const scan = await scanFile(flipped)

    expect(scan.damage).toMatchObject({ kind: index < lastEvent ? 'damaged' : 'torn' })
    expect(scan.damage!.offset).toBeLessThanOrEqual(index)
    expect(scan.end).toBeLessThanOrEqual(index)
  }
})

test('a length that was changed to a huge one does not hide the transactions behind it', async () => {
  const flipped = Buffer.from(log)
  flipped[head.length + 12] = 0x7f

  expect((await scanFile(flipped)).damage).toMatchObject({ kind: 'damaged', offset: head.length })
})

test('zeros behind the last transaction, or rubbish, are a torn end', async () => {
  for (const rest of [
    Buffer.alloc(10),
    Buffer.alloc(100_000),
    Buffer.alloc(3_000_000),
    Buffer.alloc(70_000, 'x'),
  ]) {
    const scan = await scanFile(Buffer.concat([log, rest]))

    expect(scan).toMatchObject({ transactions: 3, end: log.length, size: log.length + rest.length })
    expect(scan.damage).toMatchObject({ kind: 'torn', offset: log.length })
  }
})

test('readable events behind megabytes of rubbish are found', async () => {
  const scan = await scanFile(Buffer.concat([log, Buffer.alloc(3_500_000, 0x33), third]))

  expect(scan.damage).toMatchObject({ kind: 'damaged', offset: log.length })
})

test('an event that cannot be at its place is damage although its checksum is right', async () => {
  expect((await scanFile(Buffer.concat([head, first, rows(1), second]))).damage).toEqual({
    kind: 'damaged',
    offset: head.length + first.length,
    reason: 'an event of type 23 stands outside of any transaction',
  })
})

test('something else than a binlog, or one without checksums, is not read', async () => {
  expect(await scanFile(Buffer.from('nothing of the kind'))).toMatchObject({ format: null, end: 0 })
  expect(
    (await scanFile(Buffer.concat([magicBytes, formatEvent({ checksums: false }), first]))).damage,
  ).toEqual({
    kind: 'damaged',
    offset: 4,
    reason: 'its events have no CRC32 checksums (binlog_checksum)',
  })
})

test('transactions of any size pass through one chunk of memory', async () => {
  const path = join(dir, 'large')
  const large = rows(40_000_000)
  await writeFile(path, Buffer.concat([head, mariadbGtid('0-1-7')]))
  for (let index = 0; index < 3; index++) await appendFile(path, large)
  await appendFile(path, Buffer.concat([xid(), second]))
  const before = process.memoryUsage().arrayBuffers

  let most = 0
  const scan = await scanBinlog(path, () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  })

  expect(scan).toMatchObject({ transactions: 2, damage: null })
  expect(most).toBeLessThan(16_000_000)
})

test('a flipped bit in a large event is found, and where it ends early it is torn', async () => {
  const large = rows(2_000_000)
  const bytes = Buffer.concat([head, mariadbGtid('0-1-7'), large, xid(), second])
  const flipped = Buffer.from(bytes)
  flipped[1_500_000]! ^= 1

  expect((await scanFile(flipped)).damage).toMatchObject({ kind: 'damaged', reason: /checksum/ })
  expect((await scanFile(bytes.subarray(0, 1_500_000))).damage).toMatchObject({ kind: 'torn' })
})

test('a scan can go on from a known transaction', async () => {
  const scan = await scanFile(log, { from: head.length + first.length })

  expect(scan).toMatchObject({
    format: { serverVersion: '10.11.19-MariaDB-log' },
    transactions: 2,
    damage: null,
  })
  expect(seen(scan.seen)).toEqual(['0-1-8', '0-2-9'])
})

test('a scan that is no longer wanted ends', async () => {
  await expect(scanFile(log, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' })
})
