import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { Topology } from '../../../src/model/topology.js'
import type { DataSource, DataSourceOptions } from '../../../src/platform/data-source.js'
import type { TopologySource } from '../../../src/platform/topology-source.js'
import { dataSourceOf, endpointsOf, HandTurnedTopology } from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'
import { topologyOf } from '../../support/topologies.js'

// Two servers that do not replicate: what is written on one is seen on that one only.
let first: TestMariadb
let second: TestMariadb
let admins: Record<'db-1' | 'db-2', SqlConnection>

beforeAll(async () => {
  ;[first, second] = await Promise.all([startMariadb(), startMariadb()])
  admins = { 'db-1': await first.connect(), 'db-2': await second.connect() }
  for (const admin of Object.values(admins)) {
    await admin.query('CREATE DATABASE t')
    await admin.query('CREATE TABLE t.n (id BIGINT PRIMARY KEY)')
  }
})

afterAll(async () => {
  for (const admin of Object.values(admins ?? {})) await admin.close()
  await Promise.all([first?.stop(), second?.stop()])
})

let opened: DataSource[] = []
afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()))
  opened = []
})

function open(initial: Topology | null, options: Partial<DataSourceOptions> = {}) {
  const source = new HandTurnedTopology(initial)
  const dataSource = dataSourceOf(first, source, options)
  opened.push(dataSource)
  return { source, dataSource }
}

const topology = (input: Parameters<typeof topologyOf>[0]) =>
  topologyOf({ ...input, endpoint: endpointsOf({ 'db-1': first, 'db-2': second }) })
const firstIsMaster = (more: { epoch?: number; version?: number; master?: boolean } = {}) =>
  topology({ epoch: 1, down: [3, 4], ...more })
/** After a planned change of roles: the old master serves on, as shadow. */
const secondIsMaster = (more: { epoch?: number; down?: number[] } = {}) =>
  topology({ epoch: 2, order: [2, 1, 3, 4], down: [3, 4], ...more })
/** After a failover: nothing that the old master says counts any more. */
const secondTookOver = () => secondIsMaster({ down: [1, 3, 4] })

let ids = 0
const insert = (dataSource: DataSource, id: number) =>
  dataSource.write((connection) => connection.execute('INSERT INTO t.n VALUES (?)', [id]))
const portOf = async (connection: SqlConnection) =>
  (await connection.query<{ port: number }>('SELECT @@port AS port'))[0]!.port
async function nodesWith(id: number): Promise<string[]> {
  const found: string[] = []
  for (const [node, admin] of Object.entries(admins))
    if ((await admin.query(`SELECT id FROM t.n WHERE id = ${id}`)).length > 0) found.push(node)
  return found
}

test('writes and reads that ask for it go to the master, other reads to the readers', async () => {
  const { dataSource } = open(firstIsMaster())
  const id = ++ids

  await insert(dataSource, id)

  expect(await nodesWith(id)).toEqual(['db-1'])
  expect(await dataSource.read('master', portOf)).toBe(first.port)
  expect(await dataSource.read('any', portOf)).toBe(second.port)
})

test('what the work throws rolls back and is thrown on', async () => {
  const { dataSource } = open(firstIsMaster())
  const id = ++ids

  const failing = dataSource.write(async (connection) => {
    await connection.execute('INSERT INTO t.n VALUES (?)', [id])
    throw new Error('changed my mind')
  })

  await expect(failing).rejects.toThrow('changed my mind')
  expect(await nodesWith(id)).toEqual([])
})

test('writes that come while there is no master wait for the next one', async () => {
  const { source, dataSource } = open(firstIsMaster({ master: false }))
  const [one, two] = [++ids, ++ids]
  const writing = Promise.all([insert(dataSource, one), insert(dataSource, two)])
  expect(await dataSource.read('any', portOf)).toBe(second.port)

  source.publish(secondIsMaster())
  await writing

  expect(await nodesWith(one)).toEqual(['db-2'])
  expect(await nodesWith(two)).toEqual(['db-2'])
})

test('without a master in time a write is refused as not applied', async () => {
  const { dataSource } = open(firstIsMaster({ master: false }), { patienceMs: 100 })

  await expect(insert(dataSource, ++ids)).rejects.toMatchObject({
    code: 'NO_MASTER',
    message: expect.stringContaining('no node took the work within 100 ms (epoch 1: test)'),
  })
})

test('a write refused by a node that became read-only is sent again to the master of the next epoch', async () => {
  const { source, dataSource } = open(firstIsMaster())
  await admins['db-1'].query('SET GLOBAL read_only = ON')
  await admins['db-1'].query("CREATE USER plain@'localhost' IDENTIFIED BY 'plain'")
  await admins['db-1'].query("GRANT INSERT ON t.* TO plain@'localhost'")
  await admins['db-2'].query("CREATE USER plain@'localhost' IDENTIFIED BY 'plain'")
  await admins['db-2'].query("GRANT INSERT ON t.* TO plain@'localhost'")
  const plain = dataSourceOf(first, source, { account: { user: 'plain', password: 'plain' } })
  opened.push(plain)
  const id = ++ids

  const writing = insert(plain, id)
  while ((plain.sent()['db-1'] ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  source.publish(secondIsMaster())
  await writing

  expect(await nodesWith(id)).toEqual(['db-2'])
  expect(dataSource.topology()?.epoch).toBe(2)
  await admins['db-1'].query('SET GLOBAL read_only = OFF')
})

test('a transaction cut before its commit is run again on the new master; a topology of an older epoch changes nothing', async () => {
  const { source, dataSource } = open(firstIsMaster())
  const id = ++ids
  let runs = 0

  await dataSource.write(async (connection) => {
    runs++
    await connection.execute('INSERT INTO t.n VALUES (?)', [id])
    if (runs === 1) {
      source.publish(secondTookOver())
      source.publish(firstIsMaster({ version: 9 }))
    }
  })

  expect(runs).toBe(2)
  expect(await nodesWith(id)).toEqual(['db-2'])
  expect(await dataSource.read('master', portOf)).toBe(second.port)
})

test('a commit cut by the change of epoch is of unknown outcome and not sent again', async () => {
  const { source, dataSource } = open(firstIsMaster())
  let runs = 0

  const cut = dataSource.write(async (connection) => {
    runs++
    await connection.execute('INSERT INTO t.n VALUES (?)', [++ids])
    first.kill('SIGSTOP')
    setImmediate(() => source.publish(secondTookOver()))
  })

  await expect(cut).rejects.toMatchObject({ code: 'WRITE_OUTCOME_UNKNOWN' })
  expect(runs).toBe(1)
  first.kill('SIGCONT')
})

test('a write that waited for a free connection across the change of epoch goes to the new master', async () => {
  const { source, dataSource } = open(firstIsMaster(), { poolSize: 1 })
  let begun: (() => void) | null = null
  const busy = new Promise<void>((resolve) => (begun = resolve))
  const blocking = dataSource.read('master', async (connection) => {
    if (!begun) return
    begun()
    begun = null
    await connection.query('SELECT SLEEP(20)')
  })
  await busy
  const id = ++ids
  const waiting = insert(dataSource, id)

  source.publish(secondTookOver())
  await waiting

  await blocking

  expect(await nodesWith(id)).toEqual(['db-2'])
})

test('a transaction that runs when the master is closed for a planned change ends on it, even in the next epoch', async () => {
  const { source, dataSource } = open(firstIsMaster())
  const [running, held] = [++ids, ++ids]
  let later: Promise<unknown> = Promise.resolve()

  await dataSource.write(async (connection) => {
    source.publish(firstIsMaster({ version: 2, master: false }))
    later = insert(dataSource, held)
    source.publish(secondIsMaster())
    await connection.execute('INSERT INTO t.n VALUES (?)', [running])
  })
  await later

  expect(await nodesWith(running)).toEqual(['db-1'])
  expect(await nodesWith(held)).toEqual(['db-2'])
  expect(dataSource.metrics()).toMatchObject({ unknown: 0, retried: { elsewhere: 0 }, heldNow: 0 })
})

test('a write that waited for a free connection does not begin on a master that was closed meanwhile', async () => {
  const { source, dataSource } = open(firstIsMaster(), { poolSize: 1 })
  const [running, waiting] = [++ids, ++ids]
  let second: Promise<unknown> = Promise.resolve()

  await dataSource.write(async (connection) => {
    second = insert(dataSource, waiting)
    source.publish(firstIsMaster({ version: 2, master: false }))
    await connection.execute('INSERT INTO t.n VALUES (?)', [running])
  })
  while (dataSource.metrics().heldNow === 0) await new Promise((resolve) => setImmediate(resolve))
  source.publish(secondIsMaster())
  await second

  expect(await nodesWith(running)).toEqual(['db-1'])
  expect(await nodesWith(waiting)).toEqual(['db-2'])
})

test('a client that was stopped while the master changed asks before it trusts the old one again', async () => {
  let stoppedMs = 0
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + stoppedMs }
  const truth = new HandTurnedTopology(firstIsMaster())
  const looks: number[] = []
  const look = async () => {
    looks.push(clock.monotonicMs())
    return {
      topology: looks.length > 1 ? secondTookOver() : firstIsMaster(),
      confirmedAtMs: clock.monotonicMs(),
    }
  }
  const follow: TopologySource['follow'] = (listener) => truth.follow(listener)
  const dataSource = dataSourceOf(first, truth, { topologySource: { follow, look }, clock })
  opened.push(dataSource)
  expect(await dataSource.read('master', portOf)).toBe(first.port)
  expect(looks).toHaveLength(1)

  stoppedMs = 5000
  const [ports, id] = [[portOf, portOf].map((work) => dataSource.read('master', work)), ++ids]
  await insert(dataSource, id)

  expect(await Promise.all(ports)).toEqual([second.port, second.port])
  expect(await nodesWith(id)).toEqual(['db-2'])
  expect(looks).toHaveLength(2)
})

test('while nobody can be asked, nothing goes to a master that was not confirmed', async () => {
  const truth = new HandTurnedTopology(firstIsMaster())
  const topologySource: TopologySource = {
    follow: (listener) => truth.follow(listener),
    look: () => Promise.reject(new Error('nobody answers')),
  }
  const dataSource = dataSourceOf(first, truth, { topologySource, patienceMs: 120 })
  opened.push(dataSource)

  await expect(dataSource.read('master', portOf)).rejects.toThrow(
    'nobody confirmed within 120 ms that the master still is the master',
  )
  expect(await dataSource.read('any', portOf)).toBe(second.port)
  expect(dataSource.metrics().rejected).toEqual({ unconfirmed: 1 })
})

test('who waits for the greeting of a frozen master goes on with the next one', async () => {
  const { source, dataSource } = open(firstIsMaster())
  const id = ++ids
  first.kill('SIGSTOP')
  const writing = insert(dataSource, id)
  setImmediate(() => source.publish(secondTookOver()))

  await writing
  first.kill('SIGCONT')

  expect(await nodesWith(id)).toEqual(['db-2'])
})

test('connections of an earlier epoch are not used again, on any node', async () => {
  const { source, dataSource } = open(firstIsMaster())
  const thread = (connection: SqlConnection) => Promise.resolve(connection.threadId)
  const before = await dataSource.read('any', thread)
  expect(await dataSource.read('any', thread)).toBe(before)

  source.publish(firstIsMaster({ epoch: 2 }))

  expect(await dataSource.read('any', thread)).not.toBe(before)
})

test('a reader that is gone is passed over without the caller noticing', async () => {
  const { dataSource } = open(topology({ epoch: 1, down: [4] }))

  const ports = new Set<number>()
  for (let read = 0; read < 6; read++) ports.add(await dataSource.read('any', portOf))

  expect([...ports]).toEqual([second.port])
  expect(dataSource.sent()['db-3']).toBe(1)
})

test('a lagging reader is left out, and the master reads when no reader is fit', async () => {
  const { dataSource } = open(firstIsMaster())

  dataSource.reportLag('db-2' as never, 60_000)
  expect(await dataSource.read('any', portOf)).toBe(first.port)

  dataSource.reportLag('db-2' as never, 0)
  expect(await dataSource.read('any', portOf)).toBe(second.port)
})

test('a named lock brings transactions in order until they are committed', async () => {
  const { dataSource } = open(firstIsMaster())
  await admins['db-1'].query('CREATE TABLE IF NOT EXISTS t.counter (value INT NOT NULL)')

  await Promise.all(
    Array.from({ length: 12 }, () =>
      dataSource.write(
        async (connection) => {
          // Read and write without any row lock: only the named lock makes this safe.
          const [row] = await connection.query<{ last: number }>(
            'SELECT COALESCE(MAX(value), 0) AS last FROM t.counter',
          )
          await connection.execute('INSERT INTO t.counter VALUES (?)', [row!.last + 1])
        },
        { lockName: 'counter' },
      ),
    ),
  )

  const [row] = await admins['db-1'].query('SELECT COUNT(*) AS n, MAX(value) AS last FROM t.counter')
  expect(row).toEqual({ n: 12, last: 12 })
})

test('a named lock that somebody else keeps is given up, and nothing was done', async () => {
  const { dataSource } = open(firstIsMaster())
  await admins['db-1'].query("SELECT GET_LOCK('kept', 0)")
  let ran = false

  const waiting = dataSource.write(async () => (ran = true), { lockName: 'kept' })

  await expect(waiting).rejects.toMatchObject({
    code: 'DATABASE_REFUSED',
    message: 'the lock kept was not free for 5 s',
  })
  expect(ran).toBe(false)
  await admins['db-1'].query("SELECT RELEASE_LOCK('kept')")
})

test('a closed data source refuses, also what was waiting', async () => {
  const { dataSource } = open(firstIsMaster({ master: false }))
  const waiting = insert(dataSource, ++ids)
  const refused = expect(waiting).rejects.toThrow('the data source is closed')

  await dataSource.close()

  await refused
  await expect(insert(dataSource, ++ids)).rejects.toThrow('the data source is closed')
})
