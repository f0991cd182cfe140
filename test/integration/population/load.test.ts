import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import { CorelabError } from '../../../src/kit/errors.js'
import type { EventBody } from '../../../src/kit/events.js'
import { subTableName, subTableOfIdentity, subTableOfMobile } from '../../../src/model/sub-tables.js'
import { loadPopulation } from '../../../src/population/load.js'
import type { PopulationSpec } from '../../../src/population/population.js'
import { verifyPopulation } from '../../../src/population/verify/verify-population.js'
import { createBankTables } from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

let server: TestMariadb
let connection: SqlConnection
let loadDir: string

beforeAll(async () => {
  // Room for a chunk in memory and in the redo log, as every profile has; else each chunk waits for checkpoints.
  server = await startMariadb(['--innodb-buffer-pool-size=128M', '--innodb-log-file-size=96M'])
  loadDir = await mkdtemp(join(tmpdir(), 'corelab-test-load-'))
})

afterAll(async () => {
  await server.stop()
  await rm(loadDir, { recursive: true, force: true })
})

beforeEach(async () => {
  connection = await server.connect()
  for (const schema of ['cif', 'act', 'iam', 'lia', 'wlt', 'acc', 'pay', 'corelab', 'bench']) {
    await connection.execute(`DROP DATABASE IF EXISTS ${schema}`)
  }
  await createBankTables(connection)
  return () => connection.close()
})

function contextOf(overrides: Partial<Context> = {}): Context {
  return {
    clock: systemClock,
    emit: () => undefined,
    signal: new AbortController().signal,
    ...overrides,
  }
}

/** Time flies, so every statement shows its progress: a test can act at an exact point of the load. */
function hastyContextOf(onRows: (rows: number) => void): Context {
  let nowMs = 0
  const clock = { ...systemClock, monotonicMs: () => (nowMs += 1000) }
  return contextOf({ clock, emit: (event) => event.kind === 'step.progress' && onRows(event.done) })
}

/** In the second chunk, between two statements. */
const inSecondChunk = (rows: number) => rows > 110_000

/** Three chunks: two whole ones and a rest. */
const spec: PopulationSpec = { seed: 42, customers: 19_000, entities: 81, locale: 'zh', identity: 'safe' }

const load = (overrides: Partial<typeof spec> = {}, context = contextOf()) =>
  loadPopulation({ ...spec, ...overrides, connection, loadDir }, context)

const verify = (overrides: Partial<typeof spec> = {}) =>
  verifyPopulation({ ...spec, ...overrides, nodes: [{ node: 'db-1', connection }] }, contextOf())

test('a loaded population is what the generator says, row for row, and is not loaded twice', async () => {
  const events: EventBody[] = []

  const outcome = await load({}, contextOf({ emit: (event) => events.push(event) }))

  expect(outcome.customers).toBe(19_000)
  expect(outcome.rows).toBeGreaterThanOrEqual(outcome.customers + outcome.accounts)
  expect(outcome.totalBalance).toBeGreaterThan(0n)
  const last = events.findLast((event) => event.kind === 'step.progress')
  expect(last).toMatchObject({ unit: 'rows', done: outcome.rows, total: outcome.rows })
  expect(await readdir(loadDir)).toEqual([])

  const verified = await verify()
  expect(verified.valid, verified.summary).toBe(true)
  expect(verified.balance).toBe(outcome.totalBalance)
  expect(verified.accounts).toBe(outcome.accounts)

  const again = await load()
  expect(again).toMatchObject({
    alreadyLoaded: true,
    rows: 0,
    accounts: outcome.accounts,
    totalBalance: outcome.totalBalance,
  })
})

test('a load that lost its connection goes on from the last finished chunk, without duplicates', async () => {
  const victim = await server.connect()
  const context = hastyContextOf((rows) => {
    if (inSecondChunk(rows)) victim.destroy()
  })

  await expect(loadPopulation({ ...spec, connection: victim, loadDir }, context)).rejects.toMatchObject({
    code: 'LOAD_FAILED',
  })
  expect(await readdir(loadDir)).toEqual([])
  const [{ chunks }] = (await connection.query<{ chunks: number }>(
    'SELECT COUNT(*) AS chunks FROM corelab.load_chunk',
  )) as [{ chunks: number }]
  expect(chunks).toBe(1)

  const resumed = await load()
  expect(resumed.alreadyLoaded).toBe(false)
  // A customer has more than ten rows: these are not all of them.
  expect(resumed.rows).toBeLessThan(resumed.customers * 8)
  expect((await verify()).valid).toBe(true)
})

test('a server that is killed in the middle keeps whole chunks only', async () => {
  const mine = await server.connect()
  const context = hastyContextOf((rows) => {
    if (inSecondChunk(rows)) server.kill('SIGKILL')
  })
  const died = loadPopulation({ ...spec, connection: mine, loadDir }, context)

  await expect(died).rejects.toMatchObject({ code: 'LOAD_FAILED' })
  await server.crash()
  await server.restart()
  connection = await server.connect()

  await load()
  expect((await verify()).valid).toBe(true)
})

test('Ctrl+C stops between statements, leaves no file, and the next call goes on', async () => {
  const stop = new AbortController()
  const context = hastyContextOf((rows) => {
    if (inSecondChunk(rows)) stop.abort()
  })

  await expect(load({}, { ...context, signal: stop.signal })).rejects.toMatchObject({ code: 'CANCELLED' })

  expect(await readdir(loadDir)).toEqual([])
  expect(connection.inTransaction).toBe(false)
  await load()
  expect((await verify()).valid).toBe(true)
})

test('a larger population of the same seed extends the smaller one', async () => {
  await load({ customers: 10_000 })
  const outcome = await load({ customers: 11_000 })

  expect(outcome.customers).toBe(11_000)
  expect((await verify({ customers: 11_000 })).valid).toBe(true)
})

test('another seed, another number of entities, or fewer customers are refused with both named', async () => {
  await load({ customers: 1000 })

  const refusals = [{ seed: 43 }, { entities: 7, customers: 1000 }, { customers: 999 }]
  for (const overrides of refusals) {
    const error = await load({ ...overrides }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CorelabError)
    expect(error).toMatchObject({
      code: 'POPULATION_DIFFERS',
      message: expect.stringContaining('1,000 customers of seed 42 in 81 entities'),
    })
  }
})

test('an environment of an earlier version, with another ledger, is refused and told so', async () => {
  await connection.execute('ALTER TABLE corelab.load_chunk DROP COLUMN locale')

  await expect(load()).rejects.toMatchObject({
    code: 'POPULATION_DIFFERS',
    message: expect.stringContaining('earlier version of corelab'),
  })
})

test('a refused statement is reported with the server’s own words', async () => {
  await connection.execute('ALTER TABLE cif.customer_07 DROP COLUMN mobile')

  await expect(load({ customers: 1000 })).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringContaining("Unknown column 'mobile'"),
  })
  expect(await readdir(loadDir)).toEqual([])
})

test('a full disk fails the load, leaves nothing behind, and says so', async () => {
  // A file on /dev/full takes no byte: what a full disk does, without filling one.
  const dir = join(loadDir, `population-${process.pid}`)
  await mkdir(dir)
  await symlink('/dev/full', join(dir, 'rows.tsv'))

  await expect(load()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringContaining('ENOSPC'),
  })
  expect(await readdir(loadDir)).toEqual([])
})

test('customers who were opened by calls are none of the verifier’s business', async () => {
  const customers = 1000
  await load({ customers })
  const [mobile, identity] = ['14200000001', '110105194912310021']
  // With its routes, as the customer centre writes them in the same transaction.
  const statements = [
    `INSERT INTO cif.customer_01 SELECT 'E01', 1901000001, name, sex, birth_date, '${identity}', '${mobile}', county_code, address, opened_on, status, 0 FROM cif.customer_02 LIMIT 1`,
    `INSERT INTO ${subTableName('cif.route_mobile', subTableOfMobile(mobile))} VALUES ('E01', '${mobile}', 1901000001)`,
    `INSERT INTO ${subTableName('cif.route_identity', subTableOfIdentity(identity))} VALUES ('E01', '${identity}', 1901000001)`,
    "INSERT INTO act.settlement_account_01 VALUES ('E01', 19010000010, 1901000001, 1, 'CNY', 0, 'A', '2026-01-02', 0)",
    "INSERT INTO cif.route_account_01 VALUES ('E01', 19010000010, 1901000001, '')",
  ]
  for (const statement of statements) await connection.execute(statement)

  const verified = await verify({ customers })
  expect(verified.valid, verified.summary).toBe(true)
})
