import { afterEach, beforeEach, expect, test } from 'vitest'
import { mysqlDialect as dialect } from '../../src/clients/dialects/mysql.js'
import { outcomeOf } from '../../src/clients/mysql/outcome.js'
import { type Bench, databaseSpec, openBench } from '../support/real-components.js'
import { connectRealNode, type RealNode, startRealNode } from '../support/real-node.js'
import { mysqlChoice } from './choice.js'

let bench: Bench
let master: RealNode

beforeEach(async () => {
  bench = await openBench()
  master = await startRealNode(bench, { index: 0, choice: mysqlChoice })
  await dialect.setReadOnly(master.control, false)
  await master.as('schema', async (session) => {
    await session.query('CREATE DATABASE bench')
    await session.query('CREATE TABLE bench.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT NOT NULL)')
  })
  await dialect.setSemiSyncSource(master.control, true)
})

afterEach(async () => {
  await master.close()
  await bench.dispose()
})

/** So many clients whose commit waits; what each was told, in the order of the answers. */
async function waitingClients(count: number): Promise<{ readonly told: string[]; settled(): Promise<void> }> {
  const told: string[] = []
  const commits = Array.from({ length: count }, async () => {
    const session = await master.session('workload')
    try {
      await session.execute('INSERT INTO bench.t (v) VALUES (1)')
      told.push('OK')
    } catch (error) {
      told.push(outcomeOf(error))
    }
  })
  await expect
    .poll(() => dialect.openTransactions(master.control, { users: ['corelab_workload'] }))
    .toMatchObject({ count })
  await expect.poll(() => dialect.semiSyncSource(master.control)).toMatchObject({ waiting: 1 })
  return { told, settled: async () => void (await Promise.all(commits)) }
}

test('ending a session that waits tells its client nothing, and its commit goes on waiting', async () => {
  const clients = await waitingClients(3)

  await dialect.endSessions(master.control, { users: ['corelab_workload'] })
  await clients.settled()

  expect(clients.told).toEqual(['unknown', 'unknown', 'unknown'])
  expect(await dialect.semiSyncSource(master.control)).toMatchObject({ waiting: 1, unacknowledged: 0 })
  master.component.kill('SIGKILL')
})

// Why a MySQL master that may have waiters is killed, and never stopped in order.
test('an orderly shutdown answers OK to all who wait, although nobody acknowledged', async () => {
  const clients = await waitingClients(5)

  await master.component.stop()
  await clients.settled()

  expect(clients.told).toEqual(['OK', 'OK', 'OK', 'OK', 'OK'])
})

test('what nobody acknowledged is there after kill -9 and a restart, and is found as extra', async () => {
  const acknowledged = await dialect.history(master.control)
  const clients = await waitingClients(3)
  expect(await dialect.position(master.control)).toBe(acknowledged)

  master.component.kill('SIGKILL')
  await clients.settled()
  await master.component.exited
  expect(clients.told).toEqual(['unknown', 'unknown', 'unknown'])

  await master.close()
  const spec = await databaseSpec(bench.stateDir, { choice: mysqlChoice, keepData: true })
  master = await connectRealNode(spec, await bench.start(spec))
  const [row] = await master.as('workload', (session) =>
    session.query<{ n: number }>('SELECT COUNT(*) AS n FROM bench.t'),
  )

  expect(Number(row?.n)).toBe(3)
  const extra = dialect.extraGtids({ replica: await dialect.history(master.control), source: acknowledged })
  expect(extra).toHaveLength(1)
  expect(extra[0]).toMatch(/:3-5$/)
})
