import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readHistory } from '../../../src/history/read-history.js'
import { recordedTransfers } from '../../../src/history/recorded-transfers.js'
import { openHistory } from '../../../src/history/recorder.js'
import { ManualClock } from '../../support/manual-clock.js'

let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-test-history-'))
  file = join(dir, 'runs', 'history.jsonl')
  return () => rm(dir, { recursive: true, force: true })
})

afterEach(() => rm(dir, { recursive: true, force: true }))

async function eventsOf(path = file) {
  const events = []
  for await (const event of readHistory(path)) events.push(event)
  return events
}

test('events come back in order, with index, process and a monotonic time in nanoseconds', async () => {
  const clock = new ManualClock()
  const recorder = openHistory(file, { clock })
  const process = recorder.newProcess()

  recorder.invoke(process, 'transfer', { key: 'a' })
  await clock.advance(2.5)
  recorder.complete(process, { type: 'ok', f: 'transfer', value: { key: 'a' } })
  recorder.nemesis('kill', { node: 'db-1' })
  await recorder.close()

  expect(await eventsOf()).toEqual([
    { index: 0, process: 0, type: 'invoke', f: 'transfer', value: { key: 'a' }, time: '1000000000' },
    { index: 1, process: 0, type: 'ok', f: 'transfer', value: { key: 'a' }, time: '1002500000' },
    { index: 2, process: 'nemesis', type: 'info', f: 'kill', value: { node: 'db-1' }, time: '1002500000' },
  ])
})

test('after an unknown outcome a client goes on as a fresh process; otherwise it stays', async () => {
  const recorder = openHistory(file, { clock: new ManualClock() })
  const [first, second] = [recorder.newProcess(), recorder.newProcess()]
  const end = { f: 'transfer', value: null }

  const afterOk = recorder.complete(first, { type: 'ok', ...end })
  const afterFail = recorder.complete(first, { type: 'fail', ...end })
  const afterInfo = recorder.complete(first, { type: 'info', ...end })
  await recorder.close()

  expect([afterOk, afterFail]).toEqual([first, first])
  expect([first, second]).not.toContain(afterInfo)
})

test('a hundred thousand events are written while they come, not kept until the end', async () => {
  const recorder = openHistory(file, { clock: new ManualClock() })
  const process = recorder.newProcess()
  for (let each = 0; each < 100_000; each++) recorder.invoke(process, 'transfer', { key: `k${each}` })

  const written = (await readFile(file)).length
  await recorder.close()
  const all = (await readFile(file)).length

  expect(all - written).toBeLessThan(64 * 1024)
  expect(recorder.events).toBe(100_000)
})

test('a quiet history is on disk half a second later, should the process be killed', async () => {
  const clock = new ManualClock()
  const recorder = openHistory(file, { clock })
  recorder.nemesis('kill', 'db-1')
  await clock.advance(501)
  recorder.nemesis('heal', 'db-1')

  expect(await eventsOf()).toHaveLength(2)
  await recorder.close()
})

test('a full disk does not stop the load, but the history is not taken for whole', async () => {
  await symlink('/dev/full', join(dir, 'full.jsonl'))
  const recorder = openHistory(join(dir, 'full.jsonl'), { clock: new ManualClock() })
  recorder.nemesis('kill', 'db-1')

  await expect(recorder.close()).rejects.toMatchObject({ code: 'ENOSPC' })
})

test('a client that ends after the history was closed is ignored; closing twice is fine', async () => {
  const recorder = openHistory(file, { clock: new ManualClock() })
  recorder.nemesis('kill', 'db-1')
  await recorder.close()

  recorder.complete(0, { type: 'ok', f: 'transfer', value: null })
  await recorder.close()

  expect(await eventsOf()).toHaveLength(1)
})

test('a torn last line is no event; a torn line in the middle is damage', async () => {
  const line = '{"index":0,"process":0,"type":"ok","f":"transfer","value":null,"time":"1"}'
  await writeFile(join(dir, 'torn.jsonl'), `${line}\n{"index":1,"pro`)
  await writeFile(join(dir, 'damaged.jsonl'), `${line}\n{"index":1,"pro\n${line}\n`)

  expect(await eventsOf(join(dir, 'torn.jsonl'))).toHaveLength(1)
  await expect(eventsOf(join(dir, 'damaged.jsonl'))).rejects.toMatchObject({
    code: 'FILE_DAMAGED',
    message: expect.stringContaining('line 2'),
  })
})

test('a call without an end is unknown, and one OK among several calls decides', () => {
  const event = (index: number, process: number, type: 'invoke' | 'ok' | 'fail' | 'info', key: string) => ({
    index,
    process,
    type,
    f: 'transfer',
    value: { key },
    time: '0',
  })

  const { acknowledged, failed, unknown, repeated, fault } = recordedTransfers([
    event(0, 0, 'invoke', 'open'),
    event(1, 1, 'invoke', 'retried'),
    event(2, 1, 'info', 'retried'),
    event(3, 2, 'invoke', 'retried'),
    event(4, 2, 'ok', 'retried'),
    event(5, 2, 'invoke', 'refused'),
    event(6, 2, 'fail', 'refused'),
  ])

  expect([[...acknowledged], [...failed], [...unknown]]).toEqual([['retried'], ['refused'], ['open']])
  expect([...repeated]).toEqual([['retried', 1]])
  expect(fault).toBeNull()
})
