import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import type { BenchCore } from '../../../src/load/bench/bench-core.js'
import { runScenario } from '../../../src/load/bench/run-scenario.js'
import { defaultWishes, type RunWishes } from '../../../src/load/bench/run-wishes.js'
import { grantStatement } from '../../../src/load/external/borrowed-schema.js'
import { withExternalCore } from '../../../src/load/external/with-external-core.js'
import { findScenario } from '../../../src/load/scenarios/catalogue.js'
import type { Scenario } from '../../../src/load/scenarios/scenario.js'
import type { BenchResult } from '../../../src/model/bench-result.js'
import { type ReplicatedPair, startReplicatedPair } from '../../support/replicated-pair.js'

let pair: ReplicatedPair

beforeAll(async () => {
  pair = await startReplicatedPair()
  await pair.onMaster.query("CREATE USER bench@127.0.0.1 IDENTIFIED BY 'pw'")
  await pair.onMaster.query(grantStatement('bench').replace("'...'", "'127.0.0.1'"))
  await pair.caughtUp()
  await pair.onReplica.query('SET GLOBAL read_only = ON')
})
afterAll(() => pair?.stop())
beforeEach(() => mariadbDialect.startReplica(pair.onReplica))

const context: Context = {
  clock: systemClock,
  emit: () => undefined,
  signal: new AbortController().signal,
}

const wishes: RunWishes = {
  ...defaultWishes,
  ...{ connections: 4, warmUpMs: 100, durationMs: 700, transport: 'tcp' },
}

/** db-a takes writes, db-b reads. */
function onServers<T>(work: (core: BenchCore) => Promise<T>): Promise<T> {
  const node = (name: string, role: string, port: number) => {
    return { name, role, host: '127.0.0.1', port, socketPath: null, user: 'bench', password: 'pw' }
  }
  const master = node('db-a', 'master', pair.master.port)
  const servers = [master, node('db-b', 'reader', pair.replica.port)] as const
  return withExternalCore({ name: 'staging', servers }, { writesMax: 100_000 }, context, work)
}

const measure = (scenario: Scenario, options: RunWishes['options'] = {}): Promise<BenchResult> =>
  onServers((core) => runScenario(scenario, { ...wishes, options }, core, context))

/** Statements that each server has executed from here on. */
async function executedSince() {
  const count = async (on: typeof pair.onMaster) => {
    const [row] = await on.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'")
    return Number(row?.Value)
  }
  const [master, reader] = [await count(pair.onMaster), await count(pair.onReplica)]
  return async () => ({
    onMaster: (await count(pair.onMaster)) - master,
    onReader: (await count(pair.onReplica)) - reader,
  })
}

const checkOf = ({ checks }: BenchResult, name: string) => checks.find((each) => each.name === name)
const fewExecutions = 100

test.each([
  ['readers', 'onReader', 'onMaster'],
  ['db-b', 'onReader', 'onMaster'],
  ['db-a', 'onMaster', 'onReader'],
  ['master', 'onMaster', 'onReader'],
] as const)('reads of node=%s go there and nowhere else', async (node, asked, spared) => {
  const executed = await executedSince()
  const result = await measure(findScenario('db-read'), { node })
  const counts = await executed()

  expect(result.notAFigure).toBeNull()
  expect(counts[asked]).toBeGreaterThanOrEqual(result.load.total.ok)
  expect(counts[spared]).toBeLessThan(fewExecutions)
  expect(result.settings.dataBytes).toBeGreaterThan(1_000_000)
  expect(result.attribution.processes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['client', 'db-a', 'db-b']),
  )
})

test('what was acknowledged is on the master and on its reader, and nothing is left on either', async () => {
  for (const [name, options] of [
    ['db-write', {}],
    ['db-write', { statement: 'insert' }],
    ['db-mixed', {}],
  ] as const) {
    const result = await measure(findScenario(name), options)

    expect(result.notAFigure).toBeNull()
    expect(checkOf(result, 'replicas show the same')?.summary).toBe('db-b')
    expect(result.settings.durability).toContain('redo log flush')
  }
  await pair.caughtUp()
  for (const admin of [pair.onMaster, pair.onReplica])
    expect(await admin.query("SHOW DATABASES LIKE 'corelab%'")).toEqual([])
})

/** The scenario, with something done between its load and its checks. */
function beforeChecks(name: string, act: (core: BenchCore) => Promise<unknown>): Promise<BenchResult> {
  const scenario = findScenario(name)
  return onServers((core) => {
    const planted: Scenario = {
      ...scenario,
      async prepare(...args) {
        const prepared = await scenario.prepare(...args)
        return {
          ...prepared,
          async verify(...seen) {
            await act(core)
            return prepared.verify(...seen)
          },
        }
      },
    }
    return runScenario(planted, wishes, core, context)
  })
}

test('a reader that is behind is waited for', async () => {
  const seen: boolean[] = []
  const result = await beforeChecks('db-write', async (core) => {
    await pair.onReplica.query('STOP SLAVE SQL_THREAD')
    await pair.onMaster.query(`INSERT INTO ${core.benchSchema}.mark VALUES (0)`)
    const rows = await pair.onReplica.query(`SELECT n FROM ${core.benchSchema}.mark WHERE n = 0`)
    seen.push(rows.length > 0)
    // Goes on once the checks have begun to look.
    void pair.onMaster
      .query(`DO (SELECT COUNT(*) FROM ${core.benchSchema}.mark)`)
      .then(() => pair.onReplica.query('START SLAVE SQL_THREAD'))
  })

  expect(seen).toEqual([false])
  expect(result.notAFigure).toBeNull()
  expect(checkOf(result, 'replicas show the same')).toMatchObject({ valid: true, summary: 'db-b' })
})

test('a reader that shows something else leaves no figure', async () => {
  const result = await beforeChecks('db-write', async (core) => {
    await pair.caughtUp()
    await pair.onReplica.query('SET SESSION sql_log_bin = 0')
    await pair.onReplica.query(`UPDATE ${core.benchSchema}.kv SET value = value + 5 WHERE id = 1`)
  })

  expect(result.figure).toBeNull()
  expect(result.notAFigure).toMatch(/^replicas show the same: db-b shows [\d,]+ updates, the master [\d,]+$/)
})

test('a server that gets nothing from the master is called so, and is not read from', async () => {
  await pair.onReplica.query('STOP SLAVE')

  const written = await measure(findScenario('db-write'))
  expect(written.notAFigure).toBeNull()
  expect(checkOf(written, 'replicas show the same')?.summary).toBe('none; not replicating: db-b')

  await expect(measure(findScenario('db-read'))).rejects.toMatchObject({
    code: 'TARGET_NOT_REPLICATING',
    message: 'Not replicating: db-b of staging',
    fix: ['--set node=db-a'],
  })
  expect((await measure(findScenario('db-read'), { node: 'db-a' })).notAFigure).toBeNull()
  expect(await pair.onMaster.query("SHOW DATABASES LIKE 'corelab%'")).toEqual([])
})

test('a reader that leaves tables out is not read from', async () => {
  await pair.onReplica.query('STOP SLAVE')
  await pair.onReplica.query("SET GLOBAL replicate_wild_ignore_table = 'corelab\\_bench\\_%.kv'")
  await mariadbDialect.startReplica(pair.onReplica)
  try {
    await expect(measure(findScenario('db-read'))).rejects.toMatchObject({ code: 'TARGET_NOT_REPLICATING' })
  } finally {
    await pair.onReplica.query('STOP SLAVE')
    await pair.onReplica.query("SET GLOBAL replicate_wild_ignore_table = ''")
    await mariadbDialect.startReplica(pair.onReplica)
  }
})

test('nothing is made before every server has let us in', async () => {
  const node = { role: 'master', host: '127.0.0.1', socketPath: null, user: 'bench' }
  const master = { ...node, name: 'db-a', port: pair.master.port, password: 'pw' }
  const reader = { ...node, name: 'db-b', role: 'reader', port: pair.replica.port, password: 'wrong' }
  const before = await pair.onMaster.query('SELECT @@gtid_binlog_pos')

  const refused = withExternalCore({ name: 's', servers: [master, reader] }, { writesMax: 1 }, context, () =>
    Promise.reject(new Error('was let in')),
  )

  await expect(refused).rejects.toMatchObject({ code: 'DATABASE_REFUSED' })
  expect(await pair.onMaster.query('SELECT @@gtid_binlog_pos')).toEqual(before)
})
