import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import type { EventBody } from '../../../src/kit/events.js'
import type { BenchCore } from '../../../src/load/bench/bench-core.js'
import { runScenario } from '../../../src/load/bench/run-scenario.js'
import { defaultWishes, type RunWishes } from '../../../src/load/bench/run-wishes.js'
import { grantStatement } from '../../../src/load/external/borrowed-schema.js'
import { withExternalCore } from '../../../src/load/external/with-external-core.js'
import { findScenario } from '../../../src/load/scenarios/catalogue.js'
import type { Scenario } from '../../../src/load/scenarios/scenario.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'

let server: TestMariadb
let admin: SqlConnection
let events: EventBody[]

beforeAll(async () => {
  server = await startMariadb(['--log-bin', '--sync-binlog=1', '--server-id=7'])
  admin = await server.connect()
  for (const user of ['bench', 'nobody'])
    await admin.query(`CREATE USER '${user}'@'127.0.0.1' IDENTIFIED BY 'pw'`)
  await admin.query(grantStatement('bench').replace("'...'", "'127.0.0.1'"))
})
afterAll(async () => {
  await admin.close()
  await server.stop()
})
beforeEach(() => {
  events = []
})

function context(signal = new AbortController().signal): Context {
  return { clock: systemClock, emit: (event) => void events.push(event), signal }
}

const wishes: RunWishes = {
  ...defaultWishes,
  ...{ connections: 4, warmUpMs: 100, durationMs: 700, transport: 'tcp' },
}

async function schemasLeft(): Promise<readonly unknown[]> {
  return admin.query("SHOW DATABASES LIKE 'corelab%'")
}

/** A run by the account with the rights that we name, and no others. */
function onTarget<T>(
  work: (core: BenchCore) => Promise<T>,
  options: { readonly user?: string; readonly writesMax?: number; readonly context?: Context } = {},
): Promise<T> {
  const { user = 'bench', writesMax = 100_000 } = options
  const { port } = server
  const node = {
    name: 'one',
    role: 'master',
    host: '127.0.0.1',
    port,
    socketPath: null,
    user,
    password: 'pw',
  }
  return withExternalCore({ name: 'one', servers: [node] }, { writesMax }, options.context ?? context(), work)
}

function measure(
  name: string,
  overrides: Partial<RunWishes> = {},
  options: Parameters<typeof onTarget>[1] = {},
) {
  const scenario = findScenario(name)
  const world = options.context ?? context()
  return onTarget((core) => runScenario(scenario, { ...wishes, ...overrides }, core, world), options)
}

test.each(['db-read', 'db-write', 'db-mixed'])(
  '%s is a figure with the rights that we name, and its schema is gone afterwards',
  async (name) => {
    const result = await measure(name)

    expect(result.checks.filter(({ valid }) => !valid)).toEqual([])
    expect(result.figure?.perSecond).toBeGreaterThan(0)
    expect(result.settings).toMatchObject({ profile: 'external', transport: 'tcp', customers: null })
    expect(result.settings.durability).toContain('sync_binlog 1')
    expect(result.attribution.processes.map((each) => each.name)).toContain('client')
    expect(JSON.stringify(result)).not.toContain('pw')
    expect(await schemasLeft()).toEqual([])
  },
)

test('inserts are counted too', async () => {
  const result = await measure('db-write', { options: { statement: 'insert' } })

  expect(result.figure).not.toBeNull()
  expect(result.load.classes.map(({ name }) => name)).toEqual(['insert'])
  expect(result.attribution.fsyncsPerOperation).toBeGreaterThan(0)
})

test('the cap on writes is kept to the row, also in the warm-up', async () => {
  const seen = await onTarget(
    async (core) => {
      const result = await runScenario(
        findScenario('db-write'),
        { ...wishes, durationMs: 20_000, errorShareMax: null },
        core,
        context(),
      )
      const [row] = await admin.query<{ updates: string }>(
        `SELECT SUM(value) AS updates FROM ${core.benchSchema}.kv`,
      )
      return { updates: Number(row?.updates), result }
    },
    { writesMax: 300 },
  )

  expect(seen.updates).toBeLessThanOrEqual(300)
  expect(seen.updates).toBeGreaterThan(100)
  expect(seen.result.load.ended).toBe('stopped')
})

/** The same scenario, with something done to the table behind its back. */
function tampered(name: string, when: 'before the run' | 'after the run', sql: (schema: string) => string) {
  const scenario = findScenario(name)
  return onTarget((core) => {
    const tamper = () => admin.query(sql(core.benchSchema))
    const planted: Scenario = {
      ...scenario,
      async prepare(...args) {
        const prepared = await scenario.prepare(...args)
        if (when === 'before the run') await tamper()
        return {
          ...prepared,
          async verify(...seen) {
            if (when === 'after the run') await tamper()
            return prepared.verify(...seen)
          },
        }
      },
    }
    return runScenario(planted, { ...wishes, errorShareMax: null }, core, context())
  })
}

test.each([3, -3])('an update of %i that no client made leaves no figure', async (planted) => {
  const result = await tampered(
    'db-write',
    'after the run',
    (schema) => `UPDATE ${schema}.kv SET value = value + ${planted} WHERE id = 1`,
  )

  expect(result.figure).toBeNull()
  expect(result.notAFigure).toMatch(/^every acknowledged update is there, and no other: /)
})

test('a row that is missing is found by the reads that ask for it', async () => {
  const result = await tampered(
    'db-read',
    'before the run',
    (schema) => `DELETE FROM ${schema}.kv WHERE id < 1000`,
  )

  expect(result.figure).toBeNull()
  expect(result.notAFigure).toContain('answers without exactly one row')
})

test('Ctrl+C leaves a valid result without a figure, and no schema', async () => {
  const stop = new AbortController()
  const world = context(stop.signal)
  const running = measure('db-write', { durationMs: 60_000 }, { context: world })
  await vi.waitUntil(() => events.some((event) => event.kind === 'step.progress'), { timeout: 30_000 })
  stop.abort()
  const result = await running

  expect(result).toMatchObject({ figure: null, load: { ended: 'cancelled' } })
  expect(result.notAFigure).toMatch(/^cancelled after /)
  expect(result.checks.every(({ valid }) => valid)).toBe(true)
  expect(await schemasLeft()).toEqual([])
})

test('a server that takes no writes is not the master, and nothing is made there', async () => {
  await admin.query('SET GLOBAL read_only = ON')
  try {
    await expect(measure('db-read')).rejects.toMatchObject({
      code: 'TARGET_REFUSED',
      message: expect.stringContaining('one is read-only'),
    })
  } finally {
    await admin.query('SET GLOBAL read_only = OFF')
  }
})

test('an account without the rights is told which ones', async () => {
  await expect(measure('db-read', {}, { user: 'nobody' })).rejects.toMatchObject({
    code: 'TARGET_REFUSED',
    fix: [grantStatement('nobody')],
  })
  expect(await schemasLeft()).toEqual([])
})
