import { expect, test } from 'vitest'
import { TransactionBounds } from '../../../../src/clients/binlog/transaction-bounds.js'
import {
  event,
  formatEvent,
  heartbeat,
  mariadbGtid,
  mysqlGtid,
  query,
  rotate,
  rows,
  uuidText,
  xid,
} from '../../../support/binlog-events.js'

/** Where each event stands, and what the last transaction was. */
function walk(events: readonly Buffer[]) {
  const bounds = new TransactionBounds()
  const places = events.map((each) => bounds.take(each, 0, each.length - 4))
  return { places, gtid: bounds.gtid, kind: bounds.kind, at: bounds.beginSeconds, open: bounds.open }
}

const annotate = event({ type: 160, body: Buffer.from('INSERT INTO t VALUES (1)') })
const tableMap = event({ type: 19, body: Buffer.alloc(20) })

test('a MariaDB transaction goes from its GTID to its XID', () => {
  const gtid = mariadbGtid('3-7-12345678901', { atSeconds: 1700000000 })

  const seen = walk([gtid, annotate, tableMap, rows(10), xid()])

  expect(seen).toEqual({
    places: ['inside', 'inside', 'inside', 'inside', 'last'],
    gtid: '3-7-12345678901',
    kind: 'transaction',
    at: 1700000000,
    open: false,
  })
})

test('a MariaDB transaction of another engine ends with COMMIT or ROLLBACK, not with savepoints', () => {
  const gtid = mariadbGtid('0-1-1')

  expect(walk([gtid, rows(1), query('COMMIT')]).places.at(-1)).toBe('last')
  expect(walk([gtid, rows(1), query('ROLLBACK')]).places.at(-1)).toBe('last')
  expect(walk([gtid, query('SAVEPOINT `a`'), query('ROLLBACK TO `a`')]).open).toBe(true)
  expect(walk([gtid, query("INSERT INTO t VALUES ('COMMIT')"), query('SELECT 1 -- COMMIT')]).open).toBe(true)
})

test('a MariaDB statement that stands alone ends with itself, not with what prepares it', () => {
  const gtid = mariadbGtid('0-1-1', { alone: true })
  const insertId = event({ type: 5, body: Buffer.alloc(9) })

  expect(walk([gtid, query('CREATE TABLE t (a INT)')])).toMatchObject({ kind: 'statement', open: false })
  expect(walk([gtid, insertId, query('INSERT INTO t VALUES (NULL)')]).places).toEqual([
    'inside',
    'inside',
    'last',
  ])
})

test('an XA transaction ends with its prepare', () => {
  const prepare = event({ type: 38, body: Buffer.alloc(20) })

  expect(walk([mariadbGtid('0-1-1'), rows(1), query("XA END X'61'"), prepare])).toMatchObject({
    kind: 'xa-prepare',
    open: false,
  })
  expect(
    walk([mysqlGtid(5), query("XA START X'61'"), rows(1), query("XA END X'61'"), prepare]),
  ).toMatchObject({ kind: 'xa-prepare', open: false })
})

test('a MySQL transaction begins with BEGIN and ends with XID, COMMIT or ROLLBACK', () => {
  const begin = [mysqlGtid(9_007_199_254_740_991), query('BEGIN'), tableMap, rows(1)]

  for (const end of [xid(), query('COMMIT'), query('ROLLBACK')])
    expect(walk([...begin, end])).toMatchObject({
      gtid: `${uuidText}:9007199254740991`,
      kind: 'transaction',
      open: false,
    })
  expect(walk([...begin, query('SAVEPOINT `a`'), query('ROLLBACK TO `a`')]).open).toBe(true)
})

test('a MySQL statement without BEGIN stands alone, a compressed transaction is one event', () => {
  const payload = event({ type: 40, body: Buffer.alloc(50) })

  expect(walk([mysqlGtid(1), query('CREATE TABLE t (a INT)')])).toMatchObject({
    places: ['inside', 'last'],
    kind: 'statement',
  })
  expect(walk([mysqlGtid(1), query("XA COMMIT X'61'")]).open).toBe(false)
  expect(walk([mysqlGtid(1), payload])).toMatchObject({ places: ['inside', 'last'], kind: 'transaction' })
})

test('each server has its own name, also when they alternate', () => {
  const other = 'ffffffff-89ab-cdef-0123-456789abcdef'
  const bounds = new TransactionBounds()
  const gtids = [mysqlGtid(1), mysqlGtid(7, other), mysqlGtid(2)].map((each) => {
    bounds.take(each, 0, each.length - 4)
    bounds.take(xid(), 0, xid().length - 4)
    return bounds.gtid
  })

  expect(gtids).toEqual([`${uuidText}:1`, `${other}:7`, `${uuidText}:2`])
})

test('what speaks of files stands outside, and does not disturb', () => {
  const list = event({ type: 163, body: Buffer.alloc(4) })
  const checkpoint = event({ type: 161, body: Buffer.alloc(10) })
  const ignorable = event({ type: 99, flags: 0x80 })

  const events = [rotate('b.000001'), formatEvent(), list, checkpoint, heartbeat('b.000001'), ignorable]

  expect(walk(events).places).toEqual(events.map(() => 'outside'))
  expect(walk([mariadbGtid('0-1-1'), heartbeat('b.000001'), xid()]).places).toEqual([
    'inside',
    'outside',
    'last',
  ])
})

test('a new file voids a transaction that the server did not finish', () => {
  expect(walk([mariadbGtid('0-1-1'), rows(1), rotate('b.000002')]).open).toBe(false)
  expect(walk([mariadbGtid('0-1-1'), rows(1), formatEvent(), mariadbGtid('0-1-1'), xid()])).toMatchObject({
    open: false,
    gtid: '0-1-1',
  })
})

test.each([
  ['a transaction begins inside of 0-1-1', [mariadbGtid('0-1-1'), mariadbGtid('0-1-2')]],
  ['an event of type 23 stands outside', [rows(1)]],
  ['an event of type 16 stands outside', [mariadbGtid('0-1-1'), xid(), xid()]],
  ['has no GTID', [event({ type: 34, body: Buffer.alloc(42) })]],
  ['lost events', [event({ type: 26, body: Buffer.alloc(10) })]],
  ['too short', [event({ type: 162, body: Buffer.alloc(5) })]],
  ['too short', [event({ type: 33, body: Buffer.alloc(5) })]],
  ['too short', [mysqlGtid(1), event({ type: 2, body: Buffer.alloc(5) })]],
])('what cannot be is damage: %s', (message, events) => {
  expect(() => walk(events)).toThrow(message)
})
