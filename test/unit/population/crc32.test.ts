import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../../../src/population/crc32.js'
import { EntityDigests } from '../../../src/population/row-digest.js'

test('the checksum of any part of a buffer is the one that zlib gives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, a, b) => {
      const from = Math.min(a, b, bytes.length)
      const to = Math.min(Math.max(a, b), bytes.length)
      expect(crc32(bytes, from, to)).toBe(zlibCrc32(bytes.subarray(from, to)))
    }),
  )
})

test('a digest of rows does not depend on their order or on how they are cut into blocks', () => {
  const lines = ['E01\t1\ta\n', 'E01\t2\tb\n', 'E81\t1\tc\n', 'E01\t3\td\n']
  const digestOf = (blocks: string[]) => {
    const digests = new EntityDigests()
    for (const block of blocks) digests.addLines(Buffer.from(block))
    return [digests.of(1), digests.of(81), digests.of(2)]
  }

  expect(digestOf(lines)).toEqual(digestOf([lines.toReversed().join('')]))
  expect(digestOf(lines).map(({ rows }) => rows)).toEqual([3, 1, 0])
  expect(digestOf(lines)).not.toEqual(digestOf([lines.join('').replace('a', 'b')]))
})
