import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplyScanner } from '../../../../src/clients/mysql/wire/reply-scanner.js'

/** Puts payloads into packets. */
function packets(...payloads: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(
    payloads.map((payload, index) =>
      Buffer.from([payload.length & 0xff, payload.length >> 8, 0, index + 1, ...payload]),
    ),
  )
}

const row = (id: number) => [0x00, 0x00, ...[id, 0, 0, 0, 0, 0, 0, 0]]
const end = [0xfe, 0, 0, 2, 0, 0, 0]
const error = [0xff, 0xbd, 0x04, ...Buffer.from('#40001deadlock')]
const column = [
  ...Array.from({ length: 6 }, () => [1, 0x61]).flat(),
  0x0c,
  63,
  0,
  20,
  0,
  0,
  0,
  8,
  0,
  0,
  0,
  0,
  0,
]
const bigint = { type: 8, unsigned: false }

const replies = [
  { bytes: packets([1, 0], row(7), end), expected: { count: 1, row: [7], errno: null } },
  { bytes: packets([1, 0], row(7), row(8), row(9), end), expected: { count: 3, row: [7], errno: null } },
  { bytes: packets([1, 0], end), expected: { count: 0, row: null, errno: null } },
  { bytes: packets([1, 1], column, row(5), end), expected: { count: 1, row: [5], errno: null } },
  { bytes: packets([0, 3, 0, 2, 0, 0, 0]), expected: { count: 3, row: null, errno: null } },
  { bytes: packets(error), expected: { count: 0, row: null, errno: 1213 } },
  { bytes: packets([1, 0], row(7), error), expected: { count: 1, row: [7], errno: 1213 } },
]

test('a reply is read the same however its bytes are cut, and so is the one after it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...replies), { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (wanted, sizes) => {
        const scanner = new ReplyScanner(true)
        for (const { bytes, expected } of wanted) {
          scanner.begin([bigint], true)
          let done = false
          for (let at = 0; at < bytes.length; ) {
            expect(done).toBe(false)
            const size = Math.min(bytes.length - at, sizes.next().value)
            // The memory is used again by the next read, as that of a socket.
            const chunk = Buffer.from(bytes.subarray(at, at + size))
            done = scanner.feed(chunk, size)
            chunk.fill(0xee)
            at += size
          }
          expect(done).toBe(true)
          expect({
            count: scanner.count,
            row: scanner.row,
            errno: scanner.error?.errno ?? null,
          }).toEqual(expected)
        }
      },
    ),
  )
})

test('columns that come with every reply are passed over, and read when a row is wanted', () => {
  const scanner = new ReplyScanner(false)
  const bytes = packets([1], column, row(5), end)
  scanner.begin([], false)
  expect(scanner.feed(bytes, bytes.length)).toBe(true)
  expect([scanner.count, scanner.row]).toEqual([1, null])

  scanner.begin([], true)
  expect(scanner.feed(bytes, bytes.length)).toBe(true)
  expect([scanner.count, scanner.row]).toEqual([1, [5]])
})
