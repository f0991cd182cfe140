import { constants } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logDirOf } from '../../../src/cluster/qlink/log/qlink-log.js'
import {
  makeLedger,
  openEpoch,
  prepareQlinkGround,
  type QlinkGround,
  startWriters,
  untilTrue,
} from '../../support/qlink-ground.js'

let ground: QlinkGround

afterEach(async () => {
  await ground?.dispose()
})

async function startAnswering() {
  const qlink = await ground.startProcess()
  await untilTrue('qlink answers', async () => (await ground.client.status()).pid === qlink.pid)
  return qlink
}

const gtidsIn = async () => (await ground.logged()).map(({ gtid }) => gtid)

test('killed under load again and again, qlink goes on without a gap, a duplicate or a lost acknowledged write', async () => {
  ground = await prepareQlinkGround()
  const [node] = ground.nodes
  let qlink = await startAnswering()
  await openEpoch(ground)
  await makeLedger(node!.admin)
  const ledger = await startWriters(node!, 8)

  for (let round = 1; round <= 4; round++) {
    const before = ledger.acknowledged.size
    await untilTrue('writes go on', async () => ledger.acknowledged.size > before + 200)
    expect(await qlink.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
    qlink = await ground.startProcess()
  }
  const before = ledger.acknowledged.size
  await untilTrue('writes go on', async () => ledger.acknowledged.size > before + 200)
  await ledger.stop()
  await untilTrue('qlink has everything', async () => {
    const [row] = await node!.admin.query<{ position: string }>('SELECT @@gtid_binlog_pos AS position')
    return (await ground.client.status()).durable.gtid === row?.position
  })
  await qlink.end('SIGKILL')

  expect(await gtidsIn()).toEqual(await node!.binlog())
  const rows = await node!.admin.query<{ id: number }>('SELECT id FROM corelab.ledger')
  const present = new Set(rows.map(({ id }) => id))
  expect([...ledger.acknowledged.keys()].filter((id) => !present.has(id))).toEqual([])
})

test('what qlink stores of a transaction is byte for byte what stands in the leader’s binlog', async () => {
  ground = await prepareQlinkGround()
  const [node] = ground.nodes
  const qlink = await startAnswering()
  await openEpoch(ground)
  await makeLedger(node!.admin)
  await node!.admin.execute(`INSERT INTO corelab.ledger VALUES (1, REPEAT('y', 3000000)), (2, 'z')`)
  await node!.admin.execute('FLUSH BINARY LOGS')
  await node!.admin.execute('DELETE FROM corelab.ledger WHERE id = 2')
  expect(await qlink.end('SIGTERM')).toEqual({ code: 0, signal: null })

  const dir = join(ground.bench.stateDir, 'components', 'db-1', 'data')
  const names = (await readdir(dir)).filter((name) => /^binlog\.\d+$/.test(name)).sort()
  const theirs = Buffer.concat(await Promise.all(names.map((name) => readFile(join(dir, name)))))
  const logged = await ground.logged()
  expect(logged.length).toBe(4)
  const ours = await readFile(join(logDirOf(ground.dataDir), '00000001.binlog'))
  for (const { gtid, offset, length } of logged)
    expect(theirs.includes(ours.subarray(offset, offset + length)), gtid).toBe(true)
})

test('a segment is written to synchronously, a new one and one that is gone on with: a sync is all that an OK stands on', async () => {
  ground = await prepareQlinkGround()
  const [node] = ground.nodes
  let qlink = await startAnswering()
  await openEpoch(ground)
  await makeLedger(node!.admin)
  const seen = [await segmentModes(qlink.pid)]

  await qlink.end('SIGKILL')
  qlink = await startAnswering()
  await node!.admin.execute("INSERT INTO corelab.ledger VALUES (1, 'after a restart')")
  seen.push(await segmentModes(qlink.pid))

  for (const modes of seen) {
    expect(modes).toContainEqual([expect.stringMatching(/\.binlog$/), 'synchronous'])
    expect(modes.filter(([, mode]) => mode !== 'synchronous')).toEqual([])
  }
})

/** How the process has its segments open, the next one too. */
async function segmentModes(pid: number): Promise<[name: string, mode: 'synchronous' | 'buffered'][]> {
  const modes: [string, 'synchronous' | 'buffered'][] = []
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const path = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
    if (!/\/log\/(\d+\.binlog|spare)$/.test(path)) continue
    const [, flags = ''] = /^flags:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8')) ?? []
    const isSynchronous = (Number.parseInt(flags, 8) & constants.O_DSYNC) !== 0
    modes.push([path, isSynchronous ? 'synchronous' : 'buffered'])
  }
  return modes
}

test('after the answer to a seal no client is told OK, and its end covers everything they were told', async () => {
  ground = await prepareQlinkGround()
  const [node] = ground.nodes
  await ground.startProcess()
  await untilTrue('qlink answers', async () => (await ground.client.status()).phase === 'idle')
  await openEpoch(ground)
  await makeLedger(node!.admin)
  const ledger = await startWriters(node!, 8)
  await untilTrue('writes are under way', async () => ledger.acknowledged.size > 200)

  const { epoch, end } = await ground.client.seal({ term: 0, epoch: null })
  const sealedAtMs = performance.now()
  const waiting = async () => {
    const [row] = await node!.admin.query<{ Value: string }>(
      "SHOW STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'",
    )
    return Number(row?.Value)
  }
  // One leads the group that waits; the others queue behind it.
  await untilTrue('somebody waits for ever', async () => (await waiting()) > 0)
  await ledger.stop()
  expect(epoch).toBe(1)
  expect([...ledger.acknowledged.values()].filter((atMs) => atMs > sealedAtMs + answerSlackMs)).toEqual([])
  const logged = await ground.logged()
  expect(logged.at(-1)?.gtid).toBe(end.gtid)
  expect(logged.length).toBe(end.transactions)
  expect(await insertedIn(logged.map(({ gtid }) => gtid))).toBeGreaterThanOrEqual(ledger.acknowledged.size)
  expect(await ground.client.status()).toMatchObject({ phase: 'sealed', epoch: 1, link: { state: 'down' } })
})

/** An answer that was sent before the seal may be read by its client a little later than the seal's own. */
const answerSlackMs = 50

/** How many of the transactions are not those that made the table. */
async function insertedIn(gtids: readonly string[]): Promise<number> {
  return gtids.length - 2
}

test('epochs and terms only go forward, and a restart forgets neither a seal nor an open epoch', async () => {
  ground = await prepareQlinkGround(2)
  const [first, second] = ground.nodes
  let qlink = await ground.startProcess()
  const restart = async () => {
    await qlink.end('SIGKILL')
    qlink = await ground.startProcess()
    await untilTrue('qlink answers', async () => (await ground.client.status()).pid === qlink.pid)
  }
  const { client } = ground
  await untilTrue('qlink answers', async () => (await client.status()).pid === qlink.pid)
  const { term } = await client.claim()
  expect(term).toBe(1)
  await openEpoch(ground, { term, epoch: 3 })

  await expect(client.open({ term, epoch: 4, leader: second!.address })).rejects.toMatchObject({
    code: 'QLINK_REFUSED',
    message: expect.stringMatching(/epoch 3 of db-1 is open/),
  })
  await expect(client.open({ term, epoch: 3, leader: second!.address })).rejects.toMatchObject({
    code: 'QLINK_REFUSED',
  })
  // The same again is no other wish.
  expect((await client.open({ term, epoch: 3, leader: first!.address })).phase).toBe('open')
  await restart()
  await untilTrue('it receives again', async () => (await client.status()).link.state === 'receiving')
  expect(await client.status()).toMatchObject({ term: 1, epoch: 3, phase: 'open' })

  await client.seal({ term, epoch: 3 })
  await restart()
  await untilTrue('the log is recovered', async () => (await client.status()).link.error === null)
  expect(await client.status()).toMatchObject({ epoch: 3, phase: 'sealed', link: { state: 'down' } })
  await expect(client.open({ term, epoch: 3, leader: first!.address })).rejects.toMatchObject({
    code: 'QLINK_REFUSED',
    message: expect.stringMatching(/epoch 3 is not newer than epoch 3/),
  })

  const next = await client.claim()
  expect(next.term).toBe(2)
  for (const refused of [
    () => client.open({ term, epoch: 4, leader: first!.address }),
    () => client.seal({ term, epoch: null }),
    () => client.shadow({ term, shadow: null }),
    () => client.replay({ term, onto: first!.address }),
  ])
    await expect(refused()).rejects.toMatchObject({ code: 'QLINK_TERM_OLD' })
  expect((await client.open({ ...next, epoch: 4, leader: first!.address })).epoch).toBe(4)
  await expect(client.replay({ ...next, onto: second!.address })).rejects.toMatchObject({
    code: 'QLINK_REFUSED',
  })
})

test('a second qlink on the same data does not start', async () => {
  ground = await prepareQlinkGround()
  const first = await ground.startProcess()
  await untilTrue('qlink answers', async () => (await ground.client.status()).pid === first.pid)
  const second = await ground.startProcess()
  const [code] = await new Promise<[number | null]>((resolve) =>
    second.child.exitCode === null
      ? second.child.once('exit', (code) => resolve([code]))
      : resolve([second.child.exitCode]),
  )
  expect(code).toBe(4)
  expect(await second.output()).toMatch(new RegExp(`process ${first.pid}`))
  expect((await ground.client.status()).pid).toBe(first.pid)
})

test('it answers on a socket of its user alone, and leaves in order at SIGTERM', async () => {
  ground = await prepareQlinkGround()
  const qlink = await startAnswering()
  await openEpoch(ground)
  await makeLedger(ground.nodes[0]!.admin)
  const ledger = await startWriters(ground.nodes[0]!, 4)
  await untilTrue('writes are under way', async () => ledger.acknowledged.size > 100)
  expect(await qlink.end('SIGTERM')).toEqual({ code: 0, signal: null })
  await ledger.stop()
  await expect(ground.client.status()).rejects.toMatchObject({ code: 'QLINK_UNREACHABLE' })
  const ended = await gtidsIn()

  // A master that waits for an acknowledgement does not even list its binlogs.
  const again = await ground.startProcess()
  await untilTrue('qlink receives', async () => (await ground.client.status()).link.state === 'receiving')
  const binlog = await ground.nodes[0]!.binlog()
  expect(ended).toEqual(binlog.slice(0, ended.length))
  expect(await again.end('SIGTERM')).toEqual({ code: 0, signal: null })
})
