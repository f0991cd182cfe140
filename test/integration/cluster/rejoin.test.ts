import { readFile, stat } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import type { Dialect } from '../../../src/clients/dialects/dialect.js'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import type { Supervisor } from '../../../src/cluster/keeper/supervisor.js'
import { rejoinNode } from '../../../src/cluster/rejoin/rejoin-node.js'
import type { ExtrasRecord, RejoinTools } from '../../../src/cluster/rejoin/rejoin-tools.js'
import { type NodeName, nodeNames } from '../../../src/model/node.js'
import { nodeOf } from '../../../src/model/topology.js'
import { type DatabaseCluster, openDatabaseCluster } from '../../support/database-cluster.js'

const [oldMaster, newMaster] = nodeNames as [NodeName, NodeName]
let cluster: DatabaseCluster

/** Writers that commit together. */
const groupSize = 3

afterEach(async () => {
  await cluster.dispose()
})

test.each(['killed', 'frozen, then killed'])(
  'a master that was %s while writers waited comes back without what nobody acknowledged, and with all that was',
  async (end) => {
    await begin(3)
    await killWithTail(end === 'killed' ? null : 'SIGSTOP')

    const outcome = await rejoinNode(cluster.tools, { node: oldMaster, mode: 'default' })

    expect(outcome).toMatchObject({ state: 'serving', role: 'slave-1', reason: null })
    expect(nodeOf(cluster.topology(), oldMaster)).toMatchObject({ serving: true, role: 'slave-1' })
    await level()
    const rows = await idsOn(oldMaster)
    expect(rows).toEqual(await idsOn(newMaster))
    expect(rows).toEqual(expect.arrayContaining(acknowledged))
    expect(rows.filter((id) => never.includes(id))).toEqual([])
    // What was taken back was listed first, with the rows as text.
    expect(outcome.takenBack).toBe(never.length)
    const record = JSON.parse(await readFile(outcome.extras!.files.list, 'utf8')) as ExtrasRecord
    expect(record.transactions).toHaveLength(never.length)
    expect(record.transactions[0]).toMatchObject({ tables: ['bench.t'], reversible: true, statements: [] })
    expect((await stat(outcome.extras!.files.binlog)).mode & 0o777).toBe(0o600)
    const text = await readFile(outcome.extras!.files.text!, 'utf8')
    for (const id of never) expect(text).toContain(`@1=${id}\n`)
    for (const id of acknowledged) expect(text).not.toContain(`@1=${id}\n`)
  },
)

test('under the id that it wrote with, a node passes over its own transactions, and that is seen', async () => {
  await begin(3)
  await killWithTail(null)
  // The remedy is a new id; without it the server says that it caught up, and lacks acknowledged rows.
  const dialect = { ...cluster.tools.dialect, setServerId: async () => undefined }

  const returned = rejoinNode({ ...cluster.tools, dialect }, { node: oldMaster, mode: 'default' })

  await expect(returned).rejects.toMatchObject({
    code: 'REPLICATION_BROKEN',
    message: expect.stringMatching(/^db-1 passed over 0-1-\d+ without applying it$/),
  })
  expect(await idsOn(oldMaster)).not.toEqual(expect.arrayContaining(acknowledged))
  expect(nodeOf(cluster.topology(), oldMaster).serving).toBe(false)
})

test('ended anywhere on its way back, a node comes back all the same when it is tried again', async () => {
  await begin(2)
  await killWithTail(null)
  for (const [attempt, after] of [0, 50, 400].entries()) {
    // Each attempt has as much before it, however far the one before it came.
    await write(1001 + attempt * 2000, 3000 + attempt * 2000)
    const watching = cluster.events.length
    const returned = rejoinNode(cluster.tools, { node: oldMaster, mode: 'default' })
    const failed = expect(returned).rejects.toThrow()
    await expect.poll(() => progressSince(watching), { interval: 1 }).toBeGreaterThanOrEqual(after)
    await cluster.kill(oldMaster)
    await failed
    expect(nodeOf(cluster.topology(), oldMaster)).toMatchObject({ role: 'quarantined', serving: false })
  }

  const outcome = await rejoinNode(cluster.tools, { node: oldMaster, mode: 'default' })

  expect(outcome.state).toBe('serving')
  await level()
  expect(await idsOn(oldMaster)).toEqual(await idsOn(newMaster))
})

test('a node that remembers its source from an attempt before does not follow it under its old id', async () => {
  await begin(2)
  await killWithTail(null)
  const replicateFrom: Dialect['replicateFrom'] = async (connection, { host, port, user, password }) => {
    await connection.query(
      `CHANGE MASTER TO MASTER_HOST = '${host}', MASTER_PORT = ${port}, MASTER_USER = '${user}', ` +
        `MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
    )
    throw new Error('ended here')
  }
  const dialect = { ...cluster.tools.dialect, replicateFrom }
  const order = { node: oldMaster, mode: 'default' } as const
  await expect(rejoinNode({ ...cluster.tools, dialect }, order)).rejects.toThrow('ended here')

  expect((await rejoinNode(cluster.tools, order)).state).toBe('serving')
  await level()
  expect(await idsOn(oldMaster)).toEqual(await idsOn(newMaster))
})

test('DDL behind the tail cannot be taken back: the node is held, listed, not undone, but made anew', async () => {
  await begin(4)
  await write(1, 5)
  await level()
  await cluster.cutOff(newMaster)
  await demandAcknowledgements()
  await groupThatWaits(200)
  const client = await cluster.client(oldMaster)
  const before = await binlogEnd(oldMaster)
  client.execute('CREATE TABLE bench.never (id INT)').catch(() => undefined)
  await expect.poll(() => binlogEnd(oldMaster)).toBe(before + 1)
  await cluster.kill(oldMaster)
  await cluster.failOver()
  await write(300, 305)

  const held = await rejoinNode(cluster.tools, { node: oldMaster, mode: 'default' })
  expect(held).toMatchObject({ state: 'held', role: 'quarantined', takenBack: 0 })
  expect(held.extras?.transactions).toHaveLength(groupSize + 1)
  expect(held.extras?.transactions.at(-1)).toMatchObject({
    reversible: false,
    statements: ['CREATE TABLE bench.never (id INT)'],
  })
  expect(held.reason).toMatch(/^it has 4 transactions beyond 0-1-\d+, listed in /)
  expect(held.next.join()).toContain('corelab cluster rejoin db-1 --mode reclone')
  expect(held.next.join()).not.toContain('flashback')
  expect(nodeOf(cluster.topology(), oldMaster).serving).toBe(false)

  const undone = rejoinNode(cluster.tools, { node: oldMaster, mode: 'flashback' })
  await expect(undone).rejects.toMatchObject({
    code: 'REJOIN_REFUSED',
    detail: 'CREATE TABLE bench.never (id INT)',
  })

  // The donor is behind what the node itself once wrote: those transactions must reach it again.
  const [donor] = cluster.topology().nodes.filter(({ role }) => role === 'slave-1')
  await cluster.ask(donor!.name, 'STOP SLAVE SQL_THREAD')
  await write(306, 310)
  const anew = await rejoinNode(cluster.tools, { node: oldMaster, mode: 'reclone' })
  expect(anew).toMatchObject({ state: 'serving', role: 'slave-2' })
  expect(nodeOf(cluster.topology(), donor!.name)).toMatchObject({ role: 'slave-1', serving: true })
  await level()
  const rows = await idsOn(newMaster)
  expect(await idsOn(oldMaster)).toEqual(rows)
  expect(await idsOn(donor!.name)).toEqual(rows)
})

test('a node made anew from a donor that lacks what the node once wrote gets that again', async () => {
  await begin(4)
  const donor = nodeNames[3] as NodeName
  await level()
  await cluster.ask(donor, 'STOP SLAVE SQL_THREAD')
  // Written by the old master, and not applied by the donor until that is stopped to be copied.
  await write(1, 20)
  await level([newMaster, nodeNames[2] as NodeName])
  await cluster.kill(oldMaster)
  await cluster.failOver({ unwired: donor })
  expect(await idsOn(donor)).toEqual([])

  const outcome = await rejoinNode(cluster.tools, { node: oldMaster, mode: 'reclone' })

  expect(outcome.state).toBe('serving')
  await level()
  expect(await idsOn(oldMaster)).toEqual(await idsOn(newMaster))
})

test.each([
  ['at once', null],
  ['also when it is ended between the rows and the binlog', 'RESET MASTER'],
  ['also when it is ended when its binlog is empty', 'position'],
])('row changes of a master that was stopped in order are undone, %s', async (_title, failAt) => {
  await begin(3)
  const client = await cluster.client(oldMaster)
  await write(1, 5)
  await level()
  await cluster.cutOff(newMaster)
  await client.execute("UPDATE bench.t SET v = 'extra' WHERE id <= 3")
  await client.execute('DELETE FROM bench.t WHERE id = 4')
  await client.execute("INSERT INTO bench.t VALUES (400, 'extra')")
  await client.close()
  await cluster.tools.supervisor.stop(oldMaster)
  await cluster.failOver()
  await write(300, 305)

  const held = await rejoinNode(cluster.tools, { node: oldMaster, mode: 'default' })
  expect(held).toMatchObject({ state: 'held', takenBack: 0 })
  expect(held.next.join()).toContain('--mode flashback')

  const order = { node: oldMaster, mode: 'flashback' } as const
  if (failAt !== null) {
    await expect(rejoinNode(endedAt(failAt), order)).rejects.toThrow('ended here')
    await cluster.kill(oldMaster)
  }
  // Whoever comes next finishes what was begun, whatever the mode.
  const outcome = await rejoinNode(cluster.tools, failAt === null ? order : { ...order, mode: 'default' })

  expect(outcome).toMatchObject({ state: 'serving', reason: null })
  await level()
  expect(await rowsOn(oldMaster)).toEqual(await rowsOn(newMaster))
  expect((await cluster.ask(oldMaster, "SHOW TABLES FROM corelab LIKE 'flashback%'")).length).toBe(0)
})

test('what qlink cannot tell, because its log begins later, the source does', async () => {
  await begin(2)
  await level()
  await cluster.cutOff(newMaster)
  await write(1, 5)
  await cluster.tools.supervisor.stop(oldMaster)
  await cluster.failOver()
  await write(6, 20)
  const qlink = {
    lookup: async (gtids: readonly string[]) => ({ places: gtids.map(() => 'before' as const) }),
  }

  const outcome = await rejoinNode({ ...cluster.tools, qlink }, { node: oldMaster, mode: 'default' })

  expect(outcome).toMatchObject({ state: 'held', extras: null })
  expect(outcome.reason).toMatch(/^its source refuses it \(diverged\): /)
})

test('only who is out of service is brought back, and never while there is no master', async () => {
  await begin(2)
  const { tools } = cluster
  await expect(rejoinNode(tools, { node: oldMaster, mode: 'default' })).rejects.toMatchObject({
    code: 'REJOIN_REFUSED',
    message: 'db-1 is not out of service: it is master',
  })
  for (const node of [oldMaster, newMaster])
    await expect(rejoinNode(tools, { node, mode: 'reclone' })).rejects.toMatchObject({
      code: 'REJOIN_REFUSED',
    })
  const topology = () => ({ ...cluster.topology(), master: null })
  await expect(
    rejoinNode({ ...tools, topology }, { node: oldMaster, mode: 'default' }),
  ).rejects.toMatchObject({ code: 'NO_MASTER' })
  // Nothing was ended for that.
  expect((tools.supervisor as Supervisor).isRunning(oldMaster)).toBe(true)
})

const acknowledged = [100, 101, 102]
const never = [200, 201, 202]

/**
 * The master dies with two commit groups in its binlog and not in its tables: one that the next master has, so that it may
 * have been acknowledged, and one that nobody else has.
 */
async function killWithTail(first: 'SIGSTOP' | null): Promise<void> {
  await write(1, 5)
  await level()
  await demandAcknowledgements()
  await groupThatWaits(acknowledged[0]!)
  await level()
  await cluster.cutOff(newMaster)
  await groupThatWaits(never[0]!)
  if (first) cluster.signal(oldMaster, first)
  await cluster.kill(oldMaster)
  await cluster.failOver()
  await write(300, 305)
}

/** Tools with which the way back ends in the middle of undoing. */
function endedAt(place: string): RejoinTools {
  const { tools } = cluster
  const ended = async () => {
    throw new Error('ended here')
  }
  if (place === 'position') return { ...tools, dialect: { ...tools.dialect, adoptPosition: ended } }
  // Is anything left unfinished; undo; finish.
  const sessionOfFinish = 3
  let sessions = 0
  const control = tools.controls.get(oldMaster)!
  const failing = Object.assign(Object.create(control), {
    run: (limitMs: number, work: (connection: SqlConnection) => Promise<unknown>) => {
      if (++sessions === sessionOfFinish) return ended()
      return control.run(limitMs, work)
    },
    drop: () => control.drop(),
  })
  return { ...tools, controls: new Map([...tools.controls, [oldMaster, failing]]) }
}

async function begin(count: 2 | 3 | 4): Promise<void> {
  cluster = await openDatabaseCluster(count)
  const client = await cluster.client(oldMaster)
  await client.execute('CREATE DATABASE bench')
  await cluster.ask(oldMaster, 'CREATE DATABASE corelab')
  await client.execute('CREATE TABLE bench.t (id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL)')
  await client.close()
}

/** One row each, in transactions of their own, on the present master. */
async function write(from: number, to: number): Promise<void> {
  const client = await cluster.client(cluster.topology().master!)
  for (let id = from; id <= to; id++)
    await client.execute('INSERT INTO bench.t VALUES (?, ?)', [id, `row ${id}`])
  await client.close()
}

/** Nobody gives one. Writers commit in groups of three, so that two whole groups get into the binlog. */
async function demandAcknowledgements(): Promise<void> {
  const master = cluster.topology().master!
  await cluster.ask(master, 'SET GLOBAL rpl_semi_sync_master_enabled = ON')
  await cluster.ask(master, `SET GLOBAL binlog_commit_wait_count = ${groupSize}`)
  await cluster.ask(master, 'SET GLOBAL binlog_commit_wait_usec = 5000000')
}

/** Writers whose rows are in the master's binlog, and nobody has acknowledged them. */
async function groupThatWaits(first: number): Promise<SqlConnection[]> {
  const master = cluster.topology().master!
  const before = await binlogEnd(master)
  const clients: SqlConnection[] = []
  for (let index = 0; index < groupSize; index++) {
    const client = await cluster.client(master)
    client.execute('INSERT INTO bench.t VALUES (?, ?)', [first + index, 'waits']).catch(() => undefined)
    clients.push(client)
  }
  await expect.poll(() => binlogEnd(master)).toBe(before + groupSize)
  return clients
}

async function binlogEnd(node: NodeName): Promise<number> {
  const [row] = await cluster.ask<{ position: string }>(node, 'SELECT @@gtid_binlog_pos AS position')
  return Number(row?.position.split('-')[2])
}

/** Waits until everybody in the chain has what the master has in its binlog. */
async function level(only?: readonly NodeName[]): Promise<void> {
  const { master, nodes } = cluster.topology()
  const [row] = await cluster.ask<{ position: string }>(master!, 'SELECT @@gtid_binlog_pos AS position')
  for (const { name, source } of nodes)
    if (source !== null && (only ?? [name]).includes(name)) {
      const [waited] = await cluster.ask<{ w: number }>(
        name,
        `SELECT MASTER_GTID_WAIT('${row?.position}', 15) AS w`,
      )
      expect(Number(waited?.w)).toBe(0)
    }
}

async function idsOn(node: NodeName): Promise<number[]> {
  const client = await cluster.client(node)
  const rows = await client.query<{ id: number }>('SELECT id FROM bench.t ORDER BY id')
  await client.close()
  return rows.map(({ id }) => id)
}

async function rowsOn(node: NodeName): Promise<unknown[]> {
  const client = await cluster.client(node)
  const rows = await client.query('SELECT id, v FROM bench.t ORDER BY id')
  await client.close()
  return rows
}

/** How many transactions a returning node was said to have caught up since an event; -1 before the first word. */
function progressSince(first: number): number {
  const done = cluster.events.slice(first).map((event) => (event.kind === 'step.progress' ? event.done : -1))
  return Math.max(-1, ...done)
}
