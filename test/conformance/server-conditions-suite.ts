import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SqlConnection } from '../../src/clients/mysql/connection.js'
import { readServerConditions } from '../../src/load/server-conditions.js'
import { fillBenchTable } from '../../src/load/workloads/kv-table.js'
import type { TestServer } from '../support/mariadb.js'

/** What a figure says of its server, on either engine. `semiSync` begins the names of its settings. */
export function serverConditionsSuite(
  start: () => Promise<TestServer>,
  semiSync: { readonly prefix: string; readonly waitForNobody: string },
): void {
  let server: TestServer
  let admin: SqlConnection

  beforeAll(async () => {
    server = await start()
    admin = await server.connect()
    await admin.query('CREATE DATABASE c')
    await admin.query(
      'CREATE TABLE c.kv (id BIGINT PRIMARY KEY, value BIGINT, payload CHAR(100)) ENGINE=InnoDB',
    )
  })
  afterAll(async () => {
    await admin?.close()
    await server?.stop()
  })

  /** In a session of its own, as runs read them. */
  async function conditions() {
    const connection = await server.connect()
    try {
      return await readServerConditions(connection, { schema: 'c', tablePattern: 'kv' })
    } finally {
      await connection.close()
    }
  }

  test('the size is that of now, also when it was asked for before the table was filled', async () => {
    const empty = (await conditions()).dataBytes
    await fillBenchTable(admin, 'c')

    // Ten thousand rows of a hundred bytes.
    expect((await conditions()).dataBytes).toBeGreaterThan(1_000_000)
    expect(empty).toBeLessThan(100_000)
  })

  test('sizes that the server remembers from earlier are not believed', async () => {
    await fillBenchTable(admin, 'c')
    await conditions()
    await admin.query('TRUNCATE TABLE c.kv')

    expect((await conditions()).dataBytes).toBeLessThan(100_000)
    await fillBenchTable(admin, 'c')
  })

  test('who serves connections is said', async () => {
    expect((await conditions()).serverThreads).toBe('one per connection')
  })

  test('durability is what is in force now', async () => {
    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1, GLOBAL sync_binlog = 1')
    expect((await conditions()).durability).toBe('redo log flush 1, sync_binlog 1, no semi-sync')

    await admin.query('SET GLOBAL innodb_flush_log_at_trx_commit = 2, GLOBAL sync_binlog = 100')
    expect((await conditions()).durability).toBe('redo log flush 2, sync_binlog 100, no semi-sync')
  })

  test('a source whose commits do not wait is not called semi-synchronous, whatever is enabled', async () => {
    const { prefix, waitForNobody } = semiSync
    const enable = (value: 'ON' | 'OFF') => admin.query(`SET GLOBAL ${prefix}_enabled = ${value}`)
    const write = () => admin.query('UPDATE c.kv SET value = value + 1 WHERE id = 1')
    await admin.query(`SET GLOBAL ${prefix}_wait_point = AFTER_SYNC, GLOBAL ${prefix}_timeout = 1`)
    await enable('ON')
    expect((await conditions()).durability).toMatch(/, semi-sync AFTER_SYNC$/)

    // The time is up.
    await write()
    expect((await conditions()).durability).toMatch(notWaiting)

    // Nobody is there, and nobody is waited for.
    await enable('OFF')
    await admin.query(`SET GLOBAL ${waitForNobody} = OFF, GLOBAL ${prefix}_timeout = 60000`)
    await enable('ON')
    await write()
    expect((await conditions()).durability).toMatch(notWaiting)
  })
}

const notWaiting = /, no semi-sync \(enabled, but not waiting\)$/
