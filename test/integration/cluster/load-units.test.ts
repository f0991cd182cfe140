import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { loadUnits } from '../../../src/cluster/load-window/load-units.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import type { EventBody } from '../../../src/kit/events.js'
import { packageRoot } from '../../../src/project/package-root.js'
import { createBankTables } from '../../support/bank.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

const distDir = process.env.CORELAB_TEST_DIST ?? join(packageRoot, 'dist')
const threadEntry = pathToFileURL(join(distDir, 'population', 'feed', 'feed-main.js'))
const spec = { seed: 7, customers: 30_000, entities: 81, locale: 'zh', identity: 'safe' } as const

let server: TestMariadb
let session: SqlConnection
let pipeDir: string

beforeEach(async () => {
  server = await startMariadb(['--innodb-buffer-pool-size=128M', '--innodb-log-file-size=96M'])
  pipeDir = await mkdtemp(join(tmpdir(), 'corelab-test-pipes-'))
  session = await server.connect()
  await createBankTables(session)
})

afterEach(async () => {
  await session.close()
  await server.stop()
  await rm(pipeDir, { recursive: true, force: true })
})

const contextOf = (overrides: Partial<Context> = {}): Context => ({
  clock: systemClock,
  emit: () => undefined,
  signal: new AbortController().signal,
  ...overrides,
})

const load = (context = contextOf()) =>
  loadUnits({ spec, connect: () => server.connect(), pipeDir, streams: 2, threadEntry }, context)

async function countOf(sql: string): Promise<number> {
  const [row] = await session.query<{ n: number | string }>(`SELECT COUNT(*) AS n FROM ${sql}`)
  return Number(row?.n)
}

/** Acts once, as soon as rows were seen to arrive. */
function onceRowsCome(act: () => void): Context['emit'] {
  let acted = false
  return (event: EventBody) => {
    if (acted || event.kind !== 'step.progress' || event.done === 0) return
    acted = true
    act()
  }
}

/** Progress is told a few times per second; a clock that leaps shows it each time. */
function leapingClock() {
  let nowMs = 0
  return { ...systemClock, monotonicMs: () => (nowMs += 1000) }
}

test('a table without a column fails the load at once, and nobody waits for the other end of a pipe', async () => {
  await session.query('ALTER TABLE cif.customer_05 DROP COLUMN mobile')

  await expect(load()).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })

  expect(await countOf('cif.customer_05')).toBe(0)
  expect(await countOf('corelab.load_chunk')).toBe(0)
  const units = await countOf('corelab.load_unit')
  await session.query('ALTER TABLE cif.customer_05 ADD COLUMN mobile CHAR(11) AFTER identity_no')

  await load()

  expect(await countOf('corelab.load_unit')).toBeGreaterThan(units)
  expect(await countOf('corelab.load_chunk')).toBe(1)
})

test('Ctrl+C ends the rows early, keeps whole sub-tables only, and the next call goes on', async () => {
  const stop = new AbortController()
  const emit = onceRowsCome(() => stop.abort())

  await expect(load(contextOf({ signal: stop.signal, emit, clock: leapingClock() }))).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  const before = await countOf('corelab.load_unit')
  const loaded = await load()

  expect(before).toBeLessThan(await countOf('corelab.load_unit'))
  expect(loaded.rowsNow).toBeLessThanOrEqual(loaded.rows)
  const [customers] = await session.query<{ n: string }>(
    "SELECT SUM(row_count) AS n FROM corelab.load_unit WHERE unit LIKE 'cif.customer\\_%'",
  )
  expect(Number(customers?.n)).toBe(spec.customers)
})

test('a server that dies in the middle frees the threads, and keeps whole sub-tables only', async () => {
  const emit = onceRowsCome(() => server.kill('SIGKILL'))

  await expect(load(contextOf({ emit, clock: leapingClock() }))).rejects.toMatchObject({
    code: expect.stringMatching(/DATABASE_UNREACHABLE|WRITE_OUTCOME_UNKNOWN|LOAD_FAILED/),
  })
  await server.restart()
  session.destroy()
  session = await server.connect()
  const loaded = await load()

  const tables = await session.query<{ unit: string; row_count: number | string }>(
    'SELECT unit, row_count FROM corelab.load_unit',
  )
  for (const { unit, row_count } of tables) expect(await countOf(unit), unit).toBe(Number(row_count))
  expect(tables.reduce((sum, { row_count }) => sum + Number(row_count), 0)).toBe(loaded.rows)
})
