import { expect, test } from 'vitest'
import { readFormatDescription } from '../../../../src/clients/binlog/format-description.js'
import { formatEvent, rows, withChecksum } from '../../../support/binlog-events.js'

const read = (bytes: Buffer) => readFormatDescription(bytes, 0, bytes.length)

test('a format description gets the position and the flags that it has in a closed file', () => {
  const format = read(formatEvent({ flags: 1 }))

  expect(format.serverVersion).toBe('10.11.19-MariaDB-log')
  expect(format.event.readUInt32LE(13)).toBe(4 + format.event.length)
  expect(format.event.readUInt16LE(17)).toBe(0)
  expect(withChecksum(Buffer.from(format.event)).equals(format.event)).toBe(true)
})

test('the event is a copy', () => {
  const bytes = formatEvent()
  const format = read(bytes)
  bytes.fill(0)

  expect(format.event[4]).toBe(15)
})

test.each([
  ['no CRC32 checksums', formatEvent({ checksums: false })],
  [
    'checksum of the format description is wrong',
    Buffer.concat([formatEvent().subarray(0, -4), Buffer.alloc(4)]),
  ],
  ['no format description', rows(200)],
  ['no format description', formatEvent().subarray(0, 40)],
])('another format is refused: %s', (message, bytes) => {
  if (message.startsWith('checksum')) bytes[bytes.length - 5] = 1
  expect(() => read(bytes)).toThrow(message)
})

test('headers of another length are refused', () => {
  const bytes = formatEvent()
  bytes[19 + 56] = 13

  expect(() => read(withChecksum(bytes))).toThrow('another length')
})
