import fc from 'fast-check'
import { expect, test } from 'vitest'
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
