import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MysqlTarget, SqlConnection } from '../../../src/clients/mysql/connection.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import type { EventBody } from '../../../src/kit/events.js'
import { measureReads } from '../../../src/load/measure-reads.js'
import { measureWrites } from '../../../src/load/measure-writes.js'
import { loadPopulation } from '../../../src/population/load.js'
import { createBankTables } from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

const population = { seed: 5, customers: 1000, entities: 81, locale: 'zh', identity: 'safe' } as const
const short = { durationMs: 400, warmUpMs: 100 }

let server: TestMariadb
let admin: SqlConnection
let target: MysqlTarget
let loadDir: string

beforeAll(async () => {
  loadDir = await mkdtemp(join(tmpdir(), 'corelab-test-figures-'))
  server = await startMariadb(['--innodb-flush-log-at-trx-commit=1'])
  admin = await server.connect()
  target = { socketPath: server.socketPath, user: 'tester', password: server.password }
  await createBankTables(admin)
  await loadPopulation({ ...population, connection: admin, loadDir }, contextOf())
})

afterAll(async () => {
  await admin?.close()
  await server?.stop()
  await rm(loadDir, { recursive: true, force: true })
})

function contextOf(overrides: Partial<Context> = {}): Context {
  const { signal } = new AbortController()
  return { clock: systemClock, emit: () => undefined, signal, ...overrides }
}

async function connectionsOf(): Promise<number> {
  const rows = await admin.query("SELECT 1 FROM information_schema.processlist WHERE user = 'tester'")
  return rows.length
}

test('reads are spread over the targets, every one finds its row, and no connection stays open', async () => {
  const events: EventBody[] = []

  const { figure, run } = await measureReads(
    { targets: [target, target], population, connections: 5, ...short },
    contextOf({ emit: (event) => events.push(event) }),
  )

  expect(figure).toMatchObject({
    name: 'read',
    errors: 0,
    connections: 5,
    loop: 'closed',
    driver: 'mysql2 execute',
    bufferPoolBytes: 32 * 1024 * 1024,
    durability: 'redo log flush 1, no binlog, no semi-sync',
    statement: expect.stringContaining('WHERE le_code = ? AND account_no = ?'),
  })
  expect(figure.operationsPerSecond).toBeGreaterThan(0)
  expect(figure.dataBytes).toBeGreaterThan(0)
  expect(run.total.ok).toBeGreaterThan(run.ok)
  expect(events.at(0)).toMatchObject({ kind: 'step.started', step: 'load.reads' })
  expect(events.at(-1)).toMatchObject({ kind: 'step.done', step: 'load.reads' })
  await expect.poll(connectionsOf).toBe(1)
})

test('reads of accounts that do not exist are errors, and a run of errors is no figure', async () => {
  const other = { ...population, seed: 6 }

  await expect(
    measureReads({ targets: [target], population: other, connections: 2, ...short }, contextOf()),
  ).rejects.toMatchObject({ code: 'VERIFY_FAILED', detail: expect.stringContaining('NOT_ONE_ROW') })
})

test('every acknowledged write is in the table afterwards', async () => {
  const seen = async () =>
    Number((await admin.query<{ n: string }>('SELECT COALESCE(SUM(value), 0) AS n FROM bench.kv'))[0]?.n)
  const before = await seen()

  const { figure, run } = await measureWrites({ master: target, connections: 4, ...short }, contextOf())

  expect(figure).toMatchObject({ name: 'write', errors: 0, connections: 4 })
  expect((await seen()) - before).toBe(run.total.ok)
})

test('writes that somebody else took back are noticed: the run is no figure', async () => {
  await admin.execute(
    'CREATE TRIGGER bench.forget BEFORE UPDATE ON bench.kv FOR EACH ROW SET NEW.value = IF(RAND() < 0.1, OLD.value, NEW.value), NEW.payload = UUID()',
  )
  try {
    await expect(
      measureWrites({ master: target, connections: 2, ...short }, contextOf()),
    ).rejects.toMatchObject({ code: 'VERIFY_FAILED', message: expect.stringContaining('were acknowledged') })
  } finally {
    await admin.execute('DROP TRIGGER bench.forget')
  }
})

test('a node that dies in the middle costs errors, not the run', async () => {
  let back: Promise<void> | null = null
  const crashOnce = (event: EventBody) => {
    if (event.kind === 'step.progress') back ??= server.crash().then(() => server.restart())
  }

  const { figure, run } = await measureReads(
    { targets: [target], population, connections: 3, durationMs: 3000, warmUpMs: 0 },
    contextOf({ emit: crashOnce }),
  )
  await back

  expect(run.errors).toHaveProperty('DATABASE_UNREACHABLE')
  expect(figure.errors).toBe(run.failed + run.unknown)
  expect(run.ok).toBeGreaterThan(0)
})
