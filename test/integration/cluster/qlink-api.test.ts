import { readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { qlinkSocketOf } from '../../../src/cluster/qlink-client.js'
import type { NodeName } from '../../../src/model/node.js'
import type { QlinkStatus } from '../../../src/model/qlink.js'
import { socketDirOf } from '../../../src/sys/state-dir.js'
import { transactions } from '../../support/binlog-bytes.js'
import { prepareQlinkGround, type QlinkGround, untilTrue } from '../../support/qlink-ground.js'
import { openLog } from '../../support/qlink-log.js'

// No database is needed: what is asked here is decided without one.
let ground: QlinkGround
const nobody = { node: 'db-1' as NodeName, host: '127.0.0.1', port: 1 }

beforeEach(async () => {
  ground = await prepareQlinkGround(0)
})

afterEach(async () => {
  await ground.dispose()
})

const socketPath = () => qlinkSocketOf(socketDirOf(ground.bench.stateDir))

function ask(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: socketPath(), method, path }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

test('the socket is for its user alone', async () => {
  await ground.startInside()
  expect((await stat(socketPath())).mode & 0o777).toBe(0o600)
})

test('orders that make no sense are refused with the field, and unknown ones with their name', async () => {
  await ground.startInside()
  const codes = async (path: string, body: string) =>
    JSON.parse((await ask('POST', path, body)).text).error as { code: string; message: string }
  expect(await codes('/seal', '{"term":0}')).toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('"epoch"'),
  })
  expect(await codes('/open', '{"term":0,"epoch":1,"leader":{"node":"db-1"}}')).toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('"leader"'),
  })
  expect(await codes('/claim', '{')).toMatchObject({ code: 'USAGE' })
  expect(await codes('/forget', '{}')).toMatchObject({ message: expect.stringContaining('POST /forget') })
  expect((await ask('GET', '/claim')).status).toBe(404)
})

test('watchers are told at once when the phase changes, and again and again when nothing does', async () => {
  await ground.startInside()
  const seen: QlinkStatus[] = []
  const ending = new AbortController()
  const watched = ground.client.watch((status) => seen.push(status), ending.signal)
  await untilTrue('the first ones are there', async () => seen.length >= 3)
  await ground.client.open({ term: 0, epoch: 7, leader: nobody })
  await untilTrue('the change is there', async () => seen.at(-1)?.phase === 'open')
  await untilTrue('and why there is no link', async () => /ECONNREFUSED/.test(seen.at(-1)?.link.error ?? ''))
  ending.abort()
  await watched
})

test('a watcher learns that qlink is gone', async () => {
  const qlink = await ground.startInside()
  const watched = ground.client.watch(() => undefined, new AbortController().signal)
  await qlink.close()
  await expect(watched).rejects.toMatchObject({ code: 'QLINK_UNREACHABLE' })
})

test('the metrics are Prometheus text', async () => {
  await ground.startInside()
  await ground.client.claim()
  await ground.client.open({ term: 1, epoch: 7, leader: nobody })
  const { text } = await ask('GET', '/metrics')
  expect(text).toContain('# TYPE corelab_qlink_epoch gauge\ncorelab_qlink_epoch 7\n')
  expect(text).toContain('corelab_qlink_info{leader="db-1",phase="open"} 1')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) corelab_qlink_\w+ .+|corelab_qlink_\w+(\{.*\})? [\d.e-]+)$/)
})

test('the first address that was given for an epoch can be replaced, and goes into effect', async () => {
  await ground.startInside()
  await ground.client.open({ term: 0, epoch: 1, leader: nobody })
  const moved = { ...nobody, port: 2 }
  expect((await ground.client.open({ term: 0, epoch: 1, leader: moved })).leader).toEqual(moved)
  await untilTrue('it is tried', async () => /:2/.test((await ground.client.status()).link.error ?? ''))
})

test('with a damaged log qlink lives, says where it is damaged, keeps what is in force, and does nothing', async () => {
  const log = await openLog(ground.dataDir)
  await log.write(...transactions(1, 9))
  await log.writer.close()
  const first = await ground.startInside()
  await ground.client.open({ term: 0, epoch: 5, leader: nobody })
  await first.close()
  const segment = join(log.dir, '00000001.binlog')
  const bytes = await readFile(segment)
  bytes[700]! ^= 1
  await writeFile(segment, bytes)

  await ground.startInside()
  await untilTrue('it is found', async () => (await ground.client.status()).diskError !== null)
  expect(await ground.client.status()).toMatchObject({
    phase: 'open',
    epoch: 5,
    leader: nobody,
    link: { state: 'down' },
    diskError: expect.stringMatching(/00000001\.binlog at offset \d+$/),
  })
  for (const order of [
    () => ground.client.claim(),
    () => ground.client.seal({ term: 0, epoch: null }),
    () => ground.client.lookup(['0-1-1']),
  ])
    await expect(order()).rejects.toMatchObject({ code: 'QLINK_LOG_DAMAGED' })
  expect((await readFile(segment)).equals(bytes)).toBe(true)
})
