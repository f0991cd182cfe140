import { afterAll, beforeAll, expect, test } from 'vitest'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { countOfHistogram } from '../../../src/model/router-metrics.js'
import type { DataSource } from '../../../src/platform/data-source.js'
import { dataSourceOf, endpointsOf, HandTurnedTopology } from '../../support/bank.js'
import { type ReplicatedPair, startReplicatedPair } from '../../support/replicated-pair.js'
import { topologyOf } from '../../support/topologies.js'

/** The test is the keeper: it changes roles between two replicating servers, while clients write. */
let pair: ReplicatedPair
beforeAll(async () => {
  pair = await startReplicatedPair()
  await pair.onMaster.query('CREATE DATABASE t')
  await pair.onMaster.query('CREATE TABLE t.n (id BIGINT PRIMARY KEY)')
  await pair.onMaster.query("CREATE USER plain@'localhost' IDENTIFIED BY 'plain'")
  await pair.onMaster.query("GRANT SELECT, INSERT ON t.* TO plain@'localhost'")
  await pair.caughtUp()
  await pair.onReplica.query('SET GLOBAL read_only = ON')
})
afterAll(() => pair?.stop())

const clients = 16

const topology = (more: Partial<Parameters<typeof topologyOf>[0]>) =>
  topologyOf({
    epoch: 1,
    down: [3, 4],
    endpoint: endpointsOf({ 'db-1': pair.master, 'db-2': pair.replica }),
    ...more,
  })

test('a planned change of roles under load: every transaction succeeds, none is unknown, none is lost', async () => {
  const source = new HandTurnedTopology(topology({}))
  const account = { user: 'plain', password: 'plain' }
  const dataSource = dataSourceOf(pair.master, source, { account, poolSize: clients })
  const load = startWriters(dataSource)
  await load.until(200)

  source.publish(topology({ version: 2, master: false }))
  await quiesced(pair.onMaster)
  await pair.onMaster.query('SET GLOBAL read_only = ON')
  await load.until(200 + 1, () => dataSource.metrics().heldNow === clients)
  await pair.caughtUp()
  await mariadbDialect.forgetSource(pair.onReplica)
  await pair.onReplica.query('SET GLOBAL read_only = OFF')
  source.publish(topology({ epoch: 2, order: [2, 1, 3, 4] }))
  await load.until(load.done() + 200)
  const written = await load.stop()

  expect(load.failures()).toEqual([])
  expect(await idsOn(pair.onReplica)).toEqual(written)
  const before = await idsOn(pair.onMaster)
  expect(before).toEqual(written.filter((id) => before.includes(id)))
  const metrics = dataSource.metrics()
  expect(metrics).toMatchObject({ epoch: 2, unknown: 0, rejected: {}, heldNow: 0 })
  expect(countOfHistogram(metrics.holdMs)).toBeGreaterThanOrEqual(clients)
  expect(metrics.sent.map(({ node, role, kind }) => `${node} ${role} ${kind}`)).toEqual([
    'db-1 master write',
    'db-2 master write',
  ])
  await dataSource.close()
})

async function quiesced(admin: SqlConnection): Promise<void> {
  while ((await mariadbDialect.openTransactions(admin, { users: ['plain'] })).count > 0);
}

async function idsOn(admin: SqlConnection): Promise<number[]> {
  return (await admin.query<{ id: number }>('SELECT id FROM t.n ORDER BY id')).map(({ id }) => id)
}

/** Clients that each insert one row after the other, in transactions of two statements. */
function startWriters(dataSource: DataSource) {
  const written: number[] = []
  const failures: unknown[] = []
  let ids = 0
  let stopping = false
  const write = async () => {
    while (!stopping) {
      const id = ++ids
      try {
        await dataSource.write(async (connection) => {
          await connection.query('SELECT COUNT(*) FROM t.n WHERE id = ?', [id])
          await connection.execute('INSERT INTO t.n VALUES (?)', [id])
        })
        written.push(id)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  const running = Promise.all(Array.from({ length: clients }, write))
  return {
    done: () => written.length,
    failures: () => failures,
    async until(count: number, holds: () => boolean = () => true) {
      while (written.length + failures.length < count || !holds())
        await new Promise((resolve) => setImmediate(resolve))
    },
    async stop(): Promise<number[]> {
      stopping = true
      await running
      return [...written].sort((a, b) => a - b)
    },
  }
}
