import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mariadbDialect } from '../../../src/clients/dialects/mariadb.js'
import { gtidDistance, parseGtidPosition } from '../../../src/clients/dialects/mariadb-gtid.js'

test('a position keeps the highest sequence of each domain', () => {
  const position = parseGtidPosition('0-1-1234,1-2-5,0-2-1300')

  expect(position.get(0)).toEqual({ server: 2, sequence: 1300n })
  expect(position.get(1)).toEqual({ server: 2, sequence: 5n })
})

test('the empty position lacks every transaction of another', () => {
  expect(gtidDistance({ behind: '', ahead: '0-1-7' })).toBe(7)
  expect(gtidDistance({ behind: '0-1-7', ahead: '' })).toBe(0)
})

test('what one position lacks of another is counted over all domains and never negative', () => {
  const position = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 4 }), fc.nat(1_000_000)), {
    maxLength: 4,
  })
  fc.assert(
    fc.property(position, position, (left, right) => {
      const behind = left.map((parts) => parts.join('-')).join(',')
      const ahead = right.map((parts) => parts.join('-')).join(',')

      const missing = gtidDistance({ behind, ahead })

      expect(missing).toBeGreaterThanOrEqual(0)
      expect(gtidDistance({ behind: `${behind},${ahead}`, ahead })).toBe(0)
    }),
  )
})

test('text that is no position is refused', () => {
  expect(() => parseGtidPosition('0-1')).toThrow('not a MariaDB GTID')
})

test('the union of positions keeps the highest of each domain', () => {
  expect(mariadbDialect.unionOf(['0-1-7,1-2-5', '', '0-2-9'])).toBe('0-2-9,1-2-5')
  expect(mariadbDialect.unionOf([])).toBe('')
})

test('a position covers a transaction up to its own number', () => {
  expect(mariadbDialect.includes({ position: '0-1-7', gtid: '0-1-7' })).toBe(true)
  expect(mariadbDialect.includes({ position: '0-1-7', gtid: '0-2-8' })).toBe(false)
  expect(mariadbDialect.lastGtidsOf('0-1-7,1-2-5')).toEqual(['0-1-7', '1-2-5'])
  expect(mariadbDialect.lastGtidsOf('')).toEqual([])
})

test('a longer history may have another transaction in the place of one', () => {
  const wasWritten = (history: string, gtid: string) => mariadbDialect.wasWritten({ history, gtid })

  expect(wasWritten('0-11-70,0-23-75', '0-11-70')).toBe(true)
  expect(wasWritten('0-11-75', '0-11-71')).toBe(true)
  expect(wasWritten('0-11-75', '0-23-71')).toBe(false)
  expect(wasWritten('', '0-23-71')).toBe(false)
})

test('a writer of whom the source knows less than the replica wrote something extra', () => {
  const extraOf = (replica: string, source: string) => mariadbDialect.extraGtids({ replica, source })

  expect(extraOf('0-1-50,0-2-75', '0-1-50,0-2-80')).toEqual([])
  expect(extraOf('0-1-53', '0-1-50,0-2-80')).toEqual(['0-1-53'])
  expect(extraOf('0-1-50,0-4-51', '0-1-50,0-2-80')).toEqual(['0-4-51'])
})

test('the tail is truncated from the release on that has it', () => {
  const truncates = (version: string) => mariadbDialect.truncatesUnacknowledgedTail(version)

  expect(
    ['10.11.9', '10.11.19-MariaDB-0+deb12u1', '11.4.3', '11.8.2', '12.0.1'].map(truncates),
  ).not.toContain(false)
  expect(['10.11.8', '11.4.2', '11.2.4', '10.5.20'].map(truncates)).not.toContain(true)
})
