import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mariadbDialect } from '../../../../src/clients/dialects/mariadb.js'
import type { SqlConnection } from '../../../../src/clients/mysql/connection.js'
import { checkAcknowledgedWrites } from '../../../../src/history/checkers/acknowledged-writes.js'
import { checkConservation } from '../../../../src/history/checkers/conservation.js'
import { checkConvergence } from '../../../../src/history/checkers/convergence.js'
import { checkIdempotency } from '../../../../src/history/checkers/idempotency.js'
import { awaitCatchUp } from '../../../../src/history/collect/catch-up.js'
import { collectConservation } from '../../../../src/history/collect/conservation-facts.js'
import { collectConvergence } from '../../../../src/history/collect/convergence-facts.js'
import { collectIdempotency } from '../../../../src/history/collect/idempotency-facts.js'
import { collectTransferKeys } from '../../../../src/history/collect/transfer-keys.js'
import { readHistory } from '../../../../src/history/read-history.js'
import { type RecordedTransfers, TransferFold } from '../../../../src/history/recorded-transfers.js'
import { openHistory } from '../../../../src/history/recorder.js'
import { systemClock } from '../../../../src/kit/clock.js'
import type { Context } from '../../../../src/kit/context.js'
import { runTransfers } from '../../../../src/load/live/run-transfers.js'
import { loadPopulation } from '../../../../src/population/load.js'
import { openingBalances } from '../../../../src/population/opening-of.js'
import { verifyPopulation } from '../../../../src/population/verify/verify-population.js'
import { createBankTables, dataSourceOf, endpointsOf, HandTurnedTopology } from '../../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../../support/mariadb.js'
import { topologyOf } from '../../../support/topologies.js'

// A master and one replica, a population, and transfers during which the master is killed and comes back.
const population = { seed: 77, customers: 3000, entities: 81, locale: 'zh', identity: 'safe' } as const
const schemas = ['cif', 'act', 'pay']
const context: Context = {
  clock: systemClock,
  emit: () => undefined,
  signal: new AbortController().signal,
}

let dir: string
let servers: { master: TestMariadb; replica: TestMariadb }
let master: SqlConnection
let replica: SqlConnection
let loadedTotal: bigint
let recorded: RecordedTransfers
let keyPrefix: string
let okInRun: number

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-test-transfers-'))
  const common = ['--log-bin', '--binlog-format=ROW', '--log-slave-updates', '--gtid-strict-mode=ON']
  const [one, two] = await Promise.all([
    startMariadb([...common, '--server-id=1', '--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1']),
    startMariadb([...common, '--server-id=2']),
  ])
  servers = { master: one, replica: two }
  master = await one.connect()
  replica = await two.connect()
  // Accounts were made by each server for itself; the history begins after them.
  for (const connection of [master, replica]) await connection.query('RESET MASTER')
  const source = { host: '127.0.0.1', port: one.port, user: 'tester', password: one.password }
  await mariadbDialect.replicateFrom(replica, source)
  await createBankTables(master)
  loadedTotal = (await loadPopulation({ ...population, connection: master, loadDir: dir }, context))
    .totalBalance
  await transferUnderKill()
})

afterAll(async () => {
  await master?.close()
  await replica?.close()
  await Promise.all([servers?.master.stop(), servers?.replica.stop()])
  await rm(dir, { recursive: true, force: true })
})

async function transferUnderKill() {
  const endpoint = endpointsOf({ 'db-1': servers.master, 'db-2': servers.replica })
  const topology = new HandTurnedTopology(topologyOf({ epoch: 1, down: [3, 4], endpoint }))
  const dataSource = dataSourceOf(servers.master, topology)
  const file = join(dir, 'history.jsonl')
  const recorder = openHistory(file, { clock: systemClock })
  const stop = new AbortController()
  const run = runTransfers({ dataSource, population, connections: 8, recorder, stop: stop.signal }, context)
  const okBeyond = (count: number) => vi.waitUntil(() => run.counters().ok > count, { timeout: 60_000 })
  try {
    await okBeyond(300)
    recorder.nemesis('kill', { node: 'db-1', signal: 'SIGKILL' })
    await servers.master.crash()
    await servers.master.restart()
    await okBeyond(run.counters().ok + 300)
  } finally {
    stop.abort()
  }
  const result = await run.finished
  await recorder.close()
  await dataSource.close()
  master = await servers.master.connect()
  const fold = new TransferFold()
  for await (const event of readHistory(file)) fold.add(event)
  recorded = fold.result()
  keyPrefix = result.keyPrefix
  okInRun = result.ok
}

const nodes = () => [
  { node: 'db-1', connection: master, dialect: mariadbDialect },
  { node: 'db-2', connection: replica, dialect: mariadbDialect },
]

async function acknowledgedWrites() {
  await awaitCatchUp(nodes(), 30_000)
  const present = await Promise.all(
    nodes().map(async ({ node, connection }) => ({
      node,
      keys: await collectTransferKeys(connection, keyPrefix),
    })),
  )
  return checkAcknowledgedWrites({ recorded, present })
}

const conservation = async () =>
  checkConservation(
    await collectConservation({
      connection: master,
      node: 'db-1',
      loadedTotal,
      openingOf: openingBalances(population),
    }),
  )

const idempotency = async () => checkIdempotency(await collectIdempotency(master, { node: 'db-1', recorded }))

const convergence = async () =>
  checkConvergence(await collectConvergence({ nodes: nodes(), schemas, catchUpLimitMs: 30_000 }))

/** Does something forbidden on one node only, and takes it back. */
async function tampered(
  connection: SqlConnection,
  doing: string,
  undoing: string,
  look: () => Promise<void>,
) {
  await connection.query('SET SESSION sql_log_bin = 0')
  await connection.execute(doing)
  try {
    await look()
  } finally {
    await connection.execute(undoing)
    await connection.query('SET SESSION sql_log_bin = 1')
  }
}

test('the clients saw OK before and after the kill, and some keys were sent again', () => {
  expect(recorded.fault?.acknowledgedBefore).toBeGreaterThan(0)
  expect(recorded.fault?.acknowledgedAfter).toBeGreaterThan(0)
  expect(recorded.repeated.size).toBeGreaterThan(0)
  expect(okInRun).toBeGreaterThanOrEqual(recorded.acknowledged.size)
})

test('on an untouched database all four checks hold', async () => {
  for (const check of [acknowledgedWrites, conservation, idempotency, convergence]) {
    const verdict = await check()
    expect(verdict.valid, verdict.summary).toBe(true)
  }
})

test('the population is still proven row by row after its accounts were used', async () => {
  for (const { node, connection } of nodes()) {
    const verdict = await verifyPopulation({ ...population, nodes: [{ node, connection }] }, context)
    expect(verdict.valid, verdict.summary).toBe(true)
  }
})

test('an acknowledged transfer that is gone from one reader is found', async () => {
  const [key] = recorded.acknowledged
  const [row] = await replica.query<Record<string, string | number>>(
    `SELECT * FROM pay.transfer WHERE idempotency_key = '${key}'`,
  )
  const values = Object.values(row!).map((value) => `'${value}'`)

  await tampered(
    replica,
    `DELETE FROM pay.transfer WHERE idempotency_key = '${key}'`,
    `INSERT INTO pay.transfer VALUES (${values.join(', ')})`,
    async () => {
      expect(await acknowledgedWrites()).toMatchObject({
        valid: false,
        summary: expect.stringContaining(`missing on db-2 (${key})`),
      })
      expect((await convergence()).summary).toContain('db-2 differ from db-1 (pay.transfer)')
    },
  )
})

test('a cent that moved without an entry is found', async () => {
  const change = (by: string) =>
    `UPDATE act.settlement_account_04 SET balance = balance ${by} WHERE row_version > 0 ORDER BY account_no LIMIT 1`

  await tampered(master, change('+ 1'), change('- 1'), async () => {
    const verdict = await conservation()
    expect(verdict.valid).toBe(false)
    expect(verdict.summary).toContain('differ from what was loaded by 0.01')
    expect(verdict.summary).toContain(
      '1 accounts on db-1 do not hold their opening balance plus their entries',
    )
  })
})

test('a transfer that was booked twice is found', async () => {
  const [key] = recorded.acknowledged
  const where = `WHERE idempotency_key = '${key}'`

  await tampered(
    master,
    `INSERT INTO pay.transfer SELECT 'E99', idempotency_key, REPEAT('9', 26), payer_account, payee_account, amount, status, request_hash, created_at FROM pay.transfer ${where}`,
    `DELETE FROM pay.transfer ${where} AND le_code = 'E99'`,
    async () => {
      const verdict = await idempotency()
      expect(verdict.valid).toBe(false)
      expect(verdict.summary).toContain(`keys have more than one transfer on db-1 (${key})`)
    },
  )
})

test('a replica that stopped applying makes convergence unknown, not true', async () => {
  await replica.query('STOP SLAVE')
  await master.execute("INSERT INTO bench.kv VALUES (-1, 0, '')")
  try {
    const facts = await collectConvergence({ nodes: nodes(), schemas, catchUpLimitMs: 200 })
    expect(checkConvergence(facts)).toMatchObject({
      valid: 'unknown',
      summary: expect.stringContaining('db-2 did not catch up'),
    })
  } finally {
    await replica.query('START SLAVE')
  }
})
