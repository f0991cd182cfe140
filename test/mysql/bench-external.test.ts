import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { runScenario } from '../../src/load/bench/run-scenario.js'
import { defaultWishes, type RunWishes } from '../../src/load/bench/run-wishes.js'
import { grantStatement } from '../../src/load/external/borrowed-schema.js'
import { withExternalCore } from '../../src/load/external/with-external-core.js'
import { findScenario } from '../../src/load/scenarios/catalogue.js'
import { testContext } from '../support/fake-component.js'
import type { TestServer } from '../support/mariadb.js'
import { startMysql } from './mysql-server.js'

let server: TestServer
let admin: SqlConnection

beforeAll(async () => {
  server = await startMysql()
  admin = await server.connect()
  for (const host of ['localhost', '127.0.0.1']) {
    await admin.query(`CREATE USER bench@'${host}' IDENTIFIED WITH caching_sha2_password BY 'pw'`)
    await admin.query(grantStatement('bench').replace("'...'", `'${host}'`))
  }
})
afterAll(async () => {
  await admin?.close()
  await server?.stop()
})

// A node of the smallest profile takes ten connections, and ten are left to others.
test.each([
  ['db-read', 'tcp'],
  ['db-write', 'unix-socket'],
  ['db-mixed', 'tcp'],
] as const)(
  '%s by %s is a figure on a MySQL of somebody else, with the rights that we name',
  async (name, transport) => {
    await admin.query('SET GLOBAL max_connections = 100')
    const { port, socketPath } = server
    const account = { user: 'bench', password: 'pw' }
    const node = { name: 'db-a', role: 'master', host: '127.0.0.1', port, socketPath, ...account }
    const wishes: RunWishes = {
      ...defaultWishes,
      ...{ connections: 4, warmUpMs: 100, durationMs: 700, transport },
    }
    const context = testContext()

    const result = await withExternalCore(
      { name: 'x', servers: [node] },
      { writesMax: 100_000 },
      context,
      (core) => runScenario(findScenario(name), wishes, core, context),
    )

    expect(result.checks.filter(({ valid }) => !valid)).toEqual([])
    expect(result.notAFigure).toBeNull()
    expect(result.settings).toMatchObject({
      transport,
      durability: 'redo log flush 1, sync_binlog 1, no semi-sync',
    })
    expect(result.settings.dataBytes).toBeGreaterThan(1_000_000)
    expect(await admin.query("SHOW DATABASES LIKE 'corelab_bench%'")).toEqual([])
  },
)
