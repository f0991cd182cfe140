import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BatchBuilder } from '../../../../src/clients/binlog/batch-builder.js'
import { decodeGtidSet, encodeGtidSet } from '../../../../src/clients/binlog/gtid-set-bytes.js'
import { trackGtids } from '../../../../src/clients/binlog/gtid-tracker.js'
import { readTaggedGtidEvent } from '../../../../src/clients/binlog/mysql-gtid-event.js'
import { TransactionBounds } from '../../../../src/clients/binlog/transaction-bounds.js'
import { formatGtidSet, parseGtidSet } from '../../../../src/clients/dialects/mysql-gtid.js'
import { event, mariadbGtid, mysqlGtid, query, uuidText, xid } from '../../../support/binlog-events.js'

/** Field by field as in MySQL's serialization; the numbers are the examples of its page. */
const taggedBody = Buffer.from(
  [
    '00', // version 0
    '8a', // size
    '08', // last field that must be understood
    '00 02', // flags: 1
    '02 ee 81 02 c1 02 01 03 41 03 81 03 c1 03 c5 03 22 22 ee fd 03 ee fd 03 ee fd 03', // UUID
    '04 d9 03', // number: 123
    '06 18 61 62 63 64 65 66 67 68 69 6a 6b 6c', // tag
    '08 00', // what follows is not looked at
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
)
const taggedUuid = '77a0b0c0-d0e0-f0f1-1111-77ff77ff77ff'

test('a tagged GTID event is read field by field', () => {
  const bytes = event({ type: 42, body: taggedBody })

  expect(readTaggedGtidEvent(bytes, 0, bytes.length - 4)).toEqual({
    uuid: taggedUuid,
    tag: 'abcdefghijkl',
    number: 123,
  })
})

test('a tagged GTID event that ends early or has other fields is damage', () => {
  for (let length = 0; length < taggedBody.length - 2; length++) {
    const bytes = event({ type: 42, body: taggedBody.subarray(0, length) })
    expect(() => readTaggedGtidEvent(bytes, 0, bytes.length - 4)).toThrow(/too short|another order/)
  }
})

test('a set without tags has the bytes that every MySQL server knows', () => {
  const bytes = encodeGtidSet(parseGtidSet(`${uuidText}:1-5:7`))

  expect(bytes.toString('hex')).toBe(
    '0100000000000000' + // one origin
      '0123456789abcdef0123456789abcdef' +
      '0200000000000000' + // two intervals
      '0100000000000000' +
      '0600000000000000' + // behind the last
      '0700000000000000' +
      '0800000000000000',
  )
})

test('one tag is enough for the format of MySQL 8.3, in which every origin has one', () => {
  const bytes = encodeGtidSet(parseGtidSet(`${uuidText}:3:ab:9`))

  expect(bytes.toString('hex')).toBe(
    '0102000000000001' + // two origins
      '0123456789abcdef0123456789abcdef' +
      '00' + // no tag
      '0100000000000000' +
      '0300000000000000' +
      '0400000000000000' +
      '0123456789abcdef0123456789abcdef' +
      '046162' +
      '0100000000000000' +
      '0900000000000000' +
      '0a00000000000000',
  )
})

test('the empty set is a zero', () => {
  expect(encodeGtidSet(parseGtidSet('')).toString('hex')).toBe('0000000000000000')
})

const uuids = [uuidText, 'ffffffff-0000-1111-2222-333333333333']
const origin = fc.tuple(fc.constantFrom(...uuids), fc.constantFrom('', ':tag', ':other'))
// So few numbers that they meet.
const gtids = fc.array(fc.tuple(origin, fc.integer({ min: 1, max: 9 })), { maxLength: 40, size: 'max' })

test('a set survives its bytes', () => {
  fc.assert(
    fc.property(gtids, (all) => {
      const set = parseGtidSet(all.map(([[uuid, tag], number]) => `${uuid}${tag}:${number}`).join(','))

      expect(formatGtidSet(decodeGtidSet(encodeGtidSet(set)))).toBe(formatGtidSet(set))
    }),
  )
})

test('bytes that are cut off are damage', () => {
  const bytes = encodeGtidSet(parseGtidSet(`${uuidText}:3:ab:9`))
  for (let length = 0; length < bytes.length; length++)
    expect(() => decodeGtidSet(bytes.subarray(0, length))).toThrow('too short')
})

test('a tracked MySQL position is the set of what was added, in whatever order', () => {
  fc.assert(
    fc.property(gtids, (all) => {
      const texts = all.map(([[uuid, tag], number]) => `${uuid}${tag}:${number}`)
      const tracker = trackGtids('mysql', '')
      for (const each of texts) tracker.add(each)

      expect(tracker.text()).toBe(formatGtidSet(parseGtidSet(texts.join(','))))
      expect(texts.every((each) => tracker.has(each))).toBe(true)
      expect(tracker.hasAll(texts.join(','))).toBe(true)
      expect(tracker.has(`${uuidText}:10`)).toBe(false)
    }),
  )
})

test('a tracked MariaDB position is the last transaction of each domain', () => {
  const tracker = trackGtids('mariadb', '2-1-7,0-1-99')

  tracker.add('0-2-100')

  expect(tracker.text()).toBe('0-2-100,2-1-7')
  expect([tracker.has('0-1-99'), tracker.has('0-2-101'), tracker.has('5-1-1')]).toEqual([true, false, false])
  expect(tracker.hasAll('0-2-100,2-1-7')).toBe(true)
  expect(tracker.hasAll('0-2-100,2-1-8')).toBe(false)
})

test('a copy of a position does not grow with it', () => {
  const tracker = trackGtids('mariadb', '0-1-99')
  const copy = tracker.copy()

  tracker.add('0-1-100')

  expect([tracker.text(), copy.text()]).toEqual(['0-1-100', '0-1-99'])
})

test('a batch is added without text, from both engines', () => {
  const mariadb = batchOf([
    [mariadbGtid('0-1-7'), xid()],
    [mariadbGtid('1-2-9'), xid()],
    [mariadbGtid('0-3-8'), xid()],
  ])
  const mysql = batchOf([
    [mysqlGtid(7), query('BEGIN'), xid()],
    [event({ type: 42, body: taggedBody }), query('CREATE TABLE t (a INT)')],
    [mysqlGtid(8), query('CREATE TABLE t (a INT)')],
  ])

  const position = trackGtids('mariadb', '0-1-6')
  position.addBatch(mariadb)
  const set = trackGtids('mysql', `${uuidText}:1-6`)
  set.addBatch(mysql)

  expect([0, 1, 2].map((index) => mariadb.gtid(index))).toEqual(['0-1-7', '1-2-9', '0-3-8'])
  expect(position.text()).toBe('0-3-8,1-2-9')
  expect(set.text()).toBe(`${uuidText}:1-8,${taggedUuid}:abcdefghijkl:123`)
  expect(mysql.gtid(1)).toBe(`${taggedUuid}:abcdefghijkl:123`)
})

function batchOf(transactions: readonly (readonly Buffer[])[]): BatchBuilder {
  const bounds = new TransactionBounds()
  const batch = new BatchBuilder(1000)
  for (const events of transactions) {
    for (const each of events) bounds.take(each, 0, each.length - 4)
    batch.addEnd(bounds, 0, 0, 0)
  }
  return batch
}
