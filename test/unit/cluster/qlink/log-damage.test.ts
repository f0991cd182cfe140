import { copyFile, cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CorelabError } from '../../../../src/kit/errors.js'
import { transaction, transactions } from '../../../support/binlog-bytes.js'
import { openLog } from '../../../support/qlink-log.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const temp = temporaryDir()

/** A log of `count` transactions in segments of 10, closed in order; returns its folder. */
async function makeLog(count: number, options: { readonly segmentBytes?: number } = {}): Promise<string> {
  const log = await openLog(temp.path, options)
  for (const each of transactions(1, count)) await log.write(each)
  await log.writer.close()
  return log.dir
}

const bytesOf = (from: number, to: number) =>
  transactions(from, to).reduce((sum, { bytes }) => sum + bytes.length, 0)

async function damageOf(dataDir = temp.path): Promise<CorelabError> {
  return openLog(dataDir).then(
    () => {
      throw new Error('the log was opened')
    },
    (error) => error,
  )
}

async function flip(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[offset]! ^= 0x10
  await writeFile(path, bytes)
}

test('whatever byte the writing of the last transaction stopped at, the log ends behind the one before it', async () => {
  const dir = await makeLog(3)
  const segment = join(dir, '00000001.binlog')
  const index = join(dir, '00000001.index')
  const whole = await readFile(segment)
  const last = transaction(3).bytes.length
  // A transaction is indexed when it is durable: one that was torn never was.
  await truncate(index, (await readFile(index)).length - 2 * 64)
  const indexOfTwo = await readFile(index)
  for (let kept = 0; kept < last; kept++) {
    await writeFile(segment, whole.subarray(0, whole.length - last + kept))
    await writeFile(index, indexOfTwo)
    const log = await openLog(temp.path)
    expect(log.recovered.end).toEqual({ gtid: '0-1-2', transactions: 2, bytes: bytesOf(1, 2) })
    expect(log.recovered.cutBytes).toBe(kept)
    expect((await readFile(segment)).length).toBe(whole.length - last)
    await log.writer.close()
  }
})

test('a torn end is cut also when room of zeros follows it', async () => {
  const dir = await makeLog(2)
  const segment = join(dir, '00000001.binlog')
  const bytes = await readFile(segment)
  const torn = transaction(3).bytes.subarray(0, 50)
  await writeFile(segment, Buffer.concat([bytes, torn, Buffer.alloc(5000)]))
  const log = await openLog(temp.path)
  expect(log.recovered).toMatchObject({ cutBytes: 5050, end: { transactions: 2 } })
  await log.write(transaction(3))
  await log.writer.close()
  expect((await openLog(temp.path)).recovered.end.transactions).toBe(3)
})

test('a flipped byte in a segment that was ended is refused, and named', async () => {
  const dir = await makeLog(60, { segmentBytes: 3000 })
  const segment = join(dir, '00000002.binlog')
  await flip(segment, 1500)
  const before = await readFile(segment)
  const error = await damageOf()
  expect(error.code).toBe('QLINK_LOG_DAMAGED')
  expect(error.message).toMatch(/00000002\.binlog at offset 1[345]\d\d$/)
  expect((await readFile(segment)).equals(before)).toBe(true)
})

test.each([
  ['with its index', false],
  ['with an index that a crash left behind', true],
])('a flipped byte in the middle of the last segment is refused %s', async (_, behind) => {
  const dir = await makeLog(9)
  const index = join(dir, '00000001.index')
  if (behind) await truncate(index, (await readFile(index)).length - 6 * 64)
  // In the seventh of nine: behind it there are events that can be read.
  await flip(join(dir, '00000001.binlog'), 1300)
  expect(await damageOf()).toMatchObject({
    code: 'QLINK_LOG_DAMAGED',
    message: expect.stringMatching(/00000001\.binlog at offset \d+$/),
  })
})

test('a last segment that lost transactions which had been durable is refused, not cut', async () => {
  const dir = await makeLog(5)
  const segment = join(dir, '00000001.binlog')
  await truncate(segment, (await readFile(segment)).length - transaction(5).bytes.length)
  const error = await damageOf()
  expect(error.detail).toMatch(/its index has transactions up to 0-1-5, which had been made durable/)
})

test('an ended segment that was shortened by whole transactions is refused, with and without its index', async () => {
  const dir = await makeLog(60, { segmentBytes: 3000 })
  const segment = join(dir, '00000001.binlog')
  const index = join(dir, '00000001.index')
  const size = (await readFile(segment)).length
  await truncate(segment, size - transaction(10).bytes.length)
  expect((await damageOf()).message).toMatch(/00000001\.binlog/)
  await rm(index)
  expect((await damageOf()).detail).toMatch(/continues the log from transaction \d+/)
})

test('a missing segment is refused', async () => {
  const dir = await makeLog(60, { segmentBytes: 3000 })
  await rm(join(dir, '00000002.binlog'))
  expect((await damageOf()).message).toMatch(/00000002\.binlog at offset 0$/)
})

test('segments of another log are refused', async () => {
  const dir = await makeLog(60, { segmentBytes: 3000 })
  const other = join(temp.path, 'other')
  await mkdir(other)
  const log = await openLog(other, { segmentBytes: 3000 })
  for (const each of transactions(5, 60)) await log.write(each)
  await log.writer.close()
  for (const name of ['00000002.binlog', '00000002.index'])
    await copyFile(join(log.dir, name), join(dir, name))
  expect((await damageOf()).code).toBe('QLINK_LOG_DAMAGED')
})

test('a file of zeros that was about to become the next segment is nothing', async () => {
  const dir = await makeLog(4)
  await writeFile(join(dir, '00000002.binlog'), Buffer.alloc(10_000))
  const log = await openLog(temp.path)
  expect(log.recovered).toMatchObject({ end: { transactions: 4 }, segmentNumber: 2, last: null })
  await log.write(transaction(5))
  await log.writer.close()
  expect((await openLog(temp.path)).recovered.end.transactions).toBe(5)
})

test('damage is found wherever it is: one flipped bit at any of many places, never silently dropped', async () => {
  const dir = await makeLog(24, { segmentBytes: 2000 })
  const pristine = join(temp.path, 'pristine')
  await cp(dir, pristine, { recursive: true })
  for (const name of ['00000001.binlog', '00000002.binlog', '00000003.binlog']) {
    const size = (await readFile(join(pristine, name))).length
    for (let offset = 0; offset < size; offset += 37) {
      await cp(pristine, dir, { recursive: true, force: true })
      await flip(join(dir, name), offset)
      expect((await damageOf()).code, `${name} at ${offset}`).toBe('QLINK_LOG_DAMAGED')
    }
  }
})
