import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import type { DataSource } from '../../../src/platform/data-source.js'
import { dataSourceOf, endpointsOf, HandTurnedTopology } from '../../support/bank.js'
import { type ReplicatedPair, startReplicatedPair } from '../../support/replicated-pair.js'
import { topologyOf } from '../../support/topologies.js'

let pair: ReplicatedPair
let source: HandTurnedTopology
let dataSource: DataSource

beforeAll(async () => {
  pair = await startReplicatedPair()
  await pair.onMaster.query('CREATE DATABASE t')
  await pair.onMaster.query('CREATE TABLE t.n (id BIGINT PRIMARY KEY)')
  await pair.caughtUp()
  source = new HandTurnedTopology(topology({ epoch: 1 }))
  dataSource = dataSourceOf(pair.master, source)
})

afterAll(async () => {
  await dataSource?.close()
  await pair?.stop()
})

afterEach(async () => {
  await pair.onReplica.query('START SLAVE SQL_THREAD')
  await pair.caughtUp()
})

const topology = (more: Partial<Parameters<typeof topologyOf>[0]>) =>
  topologyOf({
    epoch: 1,
    down: [3, 4],
    endpoint: endpointsOf({ 'db-1': pair.master, 'db-2': pair.replica }),
    ...more,
  })

let ids = 0
const insert = (connection: SqlConnection, id: number) =>
  connection.execute('INSERT INTO t.n VALUES (?)', [id])
/** Which server was read, and whether it showed the row. */
const lookUp = (id: number) => async (connection: SqlConnection) => {
  const [server] = await connection.query<{ port: number }>('SELECT @@port AS port')
  const rows = await connection.query('SELECT id FROM t.n WHERE id = ?', [id])
  return { on: server?.port === pair.replica.port ? 'replica' : 'master', seen: rows.length === 1 }
}
const retriedBehind = () => dataSource.metrics().retried.behind

test('a session sees what it wrote on a replica, which it waits for', async () => {
  const session = dataSource.session()
  for (let round = 0; round < 20; round++) {
    const id = ++ids
    await session.write((connection) => insert(connection, id))

    expect(await session.read('read-your-writes', lookUp(id), { catchUpMs: 10_000 })).toEqual({
      on: 'replica',
      seen: true,
    })
  }
})

test('while the replica stands still the session reads from the master, others see the past', async () => {
  const session = dataSource.session()
  const before = retriedBehind()
  await pair.onReplica.query('STOP SLAVE SQL_THREAD')
  const id = ++ids
  await session.write((connection) => insert(connection, id))

  expect(await session.read('read-your-writes', lookUp(id), { catchUpMs: 30 })).toEqual({
    on: 'master',
    seen: true,
  })

  expect(retriedBehind()).toBe(before + 1)
  expect(await session.read('any', lookUp(id))).toEqual({ on: 'replica', seen: false })
  expect(await dataSource.session().read('read-your-writes', lookUp(id))).toEqual({
    on: 'replica',
    seen: false,
  })
})

test('a read that waits goes on as soon as the replica has applied the write', async () => {
  const session = dataSource.session()
  await pair.onReplica.query('STOP SLAVE SQL_THREAD')
  const id = ++ids
  await session.write((connection) => insert(connection, id))

  const waiting = session.read('read-your-writes', lookUp(id), { catchUpMs: 20_000 })
  while (!(await waitsOnReplica()));
  await pair.onReplica.query('START SLAVE SQL_THREAD')

  expect(await waiting).toEqual({ on: 'replica', seen: true })
})

async function waitsOnReplica(): Promise<boolean> {
  const sql = "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT MASTER_GTID_WAIT%'"
  return (await pair.onReplica.query(sql)).length > 0
}

test('a replica that was seen to have a write is not asked for it again', async () => {
  const session = dataSource.session()
  const id = ++ids
  await session.write((connection) => insert(connection, id))
  await session.read('read-your-writes', lookUp(id), { catchUpMs: 10_000 })
  const asked = await statementsOnReplica()

  await session.read('read-your-writes', async () => undefined)

  // Only this question itself.
  expect((await statementsOnReplica()) - asked).toBe(1)
})

async function statementsOnReplica(): Promise<number> {
  const [row] = await pair.onReplica.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Questions'")
  return Number(row?.Value)
}

test('a token goes by header, and another process reads what the first one wrote', async () => {
  await pair.onReplica.query('STOP SLAVE SQL_THREAD')
  const here = dataSource.session()
  const id = ++ids
  await here.write((connection) => insert(connection, id))
  const there = dataSourceOf(pair.master, new HandTurnedTopology(topology({ epoch: 1 })))
  const token = here.token()
  expect(token).toMatch(/^1\.1\.r\.0-1-\d+$/)

  const seen = await there.session(token).read('read-your-writes', lookUp(id), { catchUpMs: 30 })

  expect(seen).toEqual({ on: 'master', seen: true })
  await there.close()
})

test('a process that has not heard of the epoch of a token waits for it', async () => {
  const late = new HandTurnedTopology(topology({ epoch: 1 }))
  const there = dataSourceOf(pair.master, late)
  const reading = there.session('1.2.r.0-1-1').read('read-your-writes', lookUp(1))
  expect(there.metrics().heldNow).toBe(1)

  late.publish(topology({ epoch: 2 }))

  expect((await reading).seen).toBe(true)
  await there.close()
})

test('after a write of unknown outcome a session reads from the master only', async () => {
  const impatient = dataSourceOf(pair.master, source, { statementLimitMs: 200 })
  const session = impatient.session()
  const blocker = await pair.master.connect()
  await blocker.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')

  const id = ++ids
  const writing = session.write((connection) => insert(connection, id))
  await expect(writing).rejects.toMatchObject({ code: 'WRITE_OUTCOME_UNKNOWN' })
  await blocker.query('SET GLOBAL rpl_semi_sync_master_enabled = OFF')
  await blocker.close()

  expect(session.token()).toBe('1.1.m.')
  expect((await session.read('read-your-writes', lookUp(id))).on).toBe('master')
  await impatient.close()
})

test('a token of other make is refused', () => {
  expect(() => dataSource.session('0-1-99')).toThrow('the session token is not one that corelab gave')
})
