import { expect, test } from 'vitest'
import { TransactionBounds } from '../../../../src/clients/binlog/transaction-bounds.js'
import { TransactionReplay } from '../../../../src/clients/binlog/transaction-replay.js'
import type { SqlConnection } from '../../../../src/clients/mysql/connection.js'
import { event, mariadbGtid, mysqlGtid, query, rows, uuidText, xid } from '../../../support/binlog-events.js'

const tableMap = event({ type: 19, body: Buffer.alloc(30) })

/** The statements by which a transaction is applied, each by its first words. */
async function statementsFor(engine: 'mariadb' | 'mysql', events: readonly Buffer[]): Promise<string[]> {
  const statements: string[] = []
  const connection = {
    query: async (sql: string) => {
      statements.push(sql)
      return []
    },
  } as unknown as SqlConnection
  const replay = new TransactionReplay(connection, { engine, packetBytesMax: 1_000_000 })
  const bounds = new TransactionBounds()
  for (const [index, each] of events.entries()) {
    bounds.take(each, 0, each.length - 4)
    if (index === 0) await replay.open(each, bounds)
    else await replay.apply(each)
  }
  return statements.map((sql) => sql.replace(/'.*'/s, "'...'"))
}

test('a MariaDB transaction gets its GTID and time, and is opened by its GTID event', async () => {
  const annotation = event({ type: 160, body: Buffer.from('UPDATE t') })

  expect(
    await statementsFor('mariadb', [mariadbGtid('3-7-9'), annotation, tableMap, rows(10), xid()]),
  ).toEqual([
    'SET @@session.gtid_domain_id = 3, @@session.server_id = 7, @@session.gtid_seq_no = 9, @@session.timestamp = 1000',
    'START TRANSACTION',
    "SET @corelab_fragment_0 = '...'",
    'BINLOG @corelab_fragment_0, @corelab_fragment_1',
    'COMMIT',
  ])
})

test('a MySQL transaction gets its GTID and time, and is opened by the statement that is logged', async () => {
  expect(await statementsFor('mysql', [mysqlGtid(9), query('BEGIN'), tableMap, rows(10), xid()])).toEqual([
    "SET @@session.gtid_next = '...', @@session.timestamp = 1000",
    'BEGIN',
    "BINLOG '...'",
    'COMMIT',
  ])
  expect(uuidText).toHaveLength(36)
})

test('rows of a statement that was not ended are applied before what follows them', async () => {
  const unended = rows(10)
  unended.writeUInt16LE(0, 19 + 6)

  const statements = await statementsFor('mysql', [mysqlGtid(9), tableMap, unended, query('SAVEPOINT `a`')])

  expect(statements.slice(1)).toEqual(["BINLOG '...'", 'SAVEPOINT `a`'])
})

test('numbers that a statement uses up are set before it', async () => {
  const insertId = event({ type: 5, body: Buffer.from('022a00000000000000', 'hex') })
  const lastInsertId = event({ type: 5, body: Buffer.from('012b00000000000000', 'hex') })
  const random = event({ type: 13, body: Buffer.from('01000000000000000200000000000000', 'hex') })
  const insert = query('INSERT INTO t VALUES (NULL)')

  const statements = await statementsFor('mysql', [mysqlGtid(9), insertId, lastInsertId, random, insert])

  expect(statements.slice(1, 4)).toEqual([
    'SET INSERT_ID = 42',
    'SET LAST_INSERT_ID = 43',
    'SET @@rand_seed1 = 1, @@rand_seed2 = 2',
  ])
  expect(statements.slice(-2)).toEqual(['USE `pay`', 'INSERT INTO t VALUES (NULL)'])
})

test.each([
  ['compressed', [mysqlGtid(9), event({ type: 40, body: Buffer.alloc(10) })]],
  ['events of type 14', [mysqlGtid(9), event({ type: 14, body: Buffer.alloc(10) })]],
  ['a statement among row changes', [mariadbGtid('0-1-9'), query('DROP TABLE t')]],
])('what a client cannot apply is refused: %s', async (words, events) => {
  await expect(statementsFor(events[0]![4] === 162 ? 'mariadb' : 'mysql', events)).rejects.toThrow(words)
})
