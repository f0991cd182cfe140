import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordFromHere } from '../../../../src/drills/stage/keeper-record.js'

let dir: string
let file: string
const line = (seq: number) => `${JSON.stringify({ at: '', seq, kind: 'note', message: 'ü' })}\n`

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keeper-record-'))
  file = join(dir, 'events.jsonl')
})
afterEach(() => rm(dir, { recursive: true }))

test('what was written before is not told again', async () => {
  await writeFile(file, line(1))
  const record = await recordFromHere(file)

  await appendFile(file, line(2))

  expect((await record.read()).map((event) => event.seq)).toEqual([2])
})

test('a line that is still being written waits for its end', async () => {
  const record = await recordFromHere(file)

  await appendFile(file, line(1) + line(2).slice(0, 10))
  expect((await record.read()).map((event) => event.seq)).toEqual([1])
  await appendFile(file, line(2).slice(10))

  expect((await record.read()).map((event) => event.seq)).toEqual([1, 2])
})

test('a log that was set aside is read on from its new beginning', async () => {
  await writeFile(file, line(1).repeat(9))
  const record = await recordFromHere(file)

  await writeFile(file, line(10))

  expect((await record.read()).map((event) => event.seq)).toEqual([10])
})
