import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scanBinlog } from '../../../src/clients/binlog/scan-binlog.js'
import type { SqlConnection } from '../../../src/clients/mysql/connection.js'
import { detectMysql } from '../../../src/components/mysql/installation.js'
import { readExtraRows, type WrittenTransaction } from '../../../src/drills/evidence/extras-file.js'
import { appendTableStatement } from '../../../src/load/live/append-session.js'
import { testContext } from '../../support/fake-component.js'
import { startMariadb, type TestMariadb } from '../../support/mariadb.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()

let server: TestMariadb
let connection: SqlConnection

beforeAll(async () => {
  server = await startMariadb([
    '--log-bin=binlog',
    '--server-id=7',
    '--binlog-format=ROW',
    '--binlog-checksum=CRC32',
  ])
  connection = await server.connect()
  await connection.query('CREATE DATABASE bench')
  await connection.query(appendTableStatement)
})
afterAll(async () => {
  await connection.close()
  await server.stop()
})

async function written(): Promise<WrittenTransaction[]> {
  const found: WrittenTransaction[] = []
  for (const name of ['binlog.000001', 'binlog.000002']) {
    const path = join(dirname(server.socketPath), 'data', name)
    await scanBinlog(path, ({ gtid, offset, length }) => found.push({ gtid, path, offset, length })).catch(
      () => undefined,
    )
  }
  return found
}

test('the rows of chosen transactions are read from a binlog of their own, also across two files', async () => {
  const append = (client: number, n: number) =>
    connection.execute('INSERT INTO bench.append VALUES (?, ?, 1, 7)', [client, n])
  await append(1, 0)
  await append(1, 1)
  await connection.query('FLUSH BINARY LOGS')
  await append(4_000_000_000, 2)
  const [, second, third] = (await written()).slice(-3)
  const { server: program } = await detectMysql()
  const plan = { engine: 'mariadb', components: [{ kind: 'database', command: program.path }] } as const

  const rows = await readExtraRows(
    { plan, context: testContext() },
    [second!, third!],
    join(dir.path, 'extras.binlog'),
  )

  expect(rows).toEqual({
    appends: [
      { client: 1, n: 1 },
      { client: 4_000_000_000, n: 2 },
    ],
    transfers: [],
  })
})
