import { crc32 as zlibCrc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from '../../../../src/clients/binlog/crc32.js'
import { PiecewiseChecksum } from '../../../../src/clients/binlog/event-checksum.js'
import { event } from '../../../support/binlog-events.js'

test('the checksum is that of the standard, at every length and offset', () => {
  const bytes = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7919) & 0xff))

  expect(crc32(Buffer.from('123456789'), 0, 9)).toBe(0xcbf43926)
  for (let start = 0; start < 9; start++)
    for (let end = start; end <= bytes.length; end++)
      expect(crc32(bytes, start, end)).toBe(zlibCrc32(bytes.subarray(start, end)))
})

test('a checksum can be computed in two parts, short or long', () => {
  const bytes = Buffer.alloc(200, 'binlog')

  for (let middle = 0; middle <= bytes.length; middle++)
    expect(crc32(bytes, middle, bytes.length, crc32(bytes, 0, middle))).toBe(zlibCrc32(bytes))
})

test('an event in pieces has the same checksum wherever it is cut, within the checksum, too', () => {
  const whole = event({ type: 23, body: Buffer.alloc(50, 'row') })
  const broken = Buffer.from(whole)
  broken[30]! ^= 1

  for (let cut = 0; cut <= whole.length; cut++) {
    expect(rightInPieces(whole, cut)).toBe(true)
    expect(rightInPieces(broken, cut)).toBe(false)
  }
})

function rightInPieces(bytes: Buffer, cut: number): boolean {
  const checksum = new PiecewiseChecksum()
  checksum.begin(bytes.length)
  checksum.add(bytes, 0, cut)
  checksum.add(bytes, cut, bytes.length)
  return checksum.isRight
}
