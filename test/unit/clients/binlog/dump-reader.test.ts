import { expect, test } from 'vitest'
import type { BinlogBatch } from '../../../../src/clients/binlog/binlog-listener.js'
import { DumpReader } from '../../../../src/clients/binlog/dump-reader.js'
import {
  event,
  formatEvent,
  framed,
  heartbeat,
  mariadbGtid,
  type PacketFacts,
  packetsOf,
  query,
  rotate,
  rows,
  xid,
} from '../../../support/binlog-events.js'

const plain: PacketFacts = {}
const asked: PacketFacts = { semiSync: true, ack: true }
const unasked: PacketFacts = { semiSync: true }

const head = (facts: PacketFacts) => [packetsOf(rotate('b.000001'), facts), packetsOf(formatEvent(), facts)]

interface End {
  readonly gtid: string
  readonly file: string
  readonly position: number
  readonly ack: number
  /** In everything that was delivered. */
  readonly offset: number
}

/** Feeds the bytes in reads of at most `readBytes` and collects what is handed out. */
function read(bytes: Buffer, readBytes: number, windowBytes?: number) {
  const pieces: Buffer[] = []
  const ends: End[] = []
  const calls: string[] = []
  let delivered = 0
  const reader = new DumpReader(
    {
      onFormat: ({ serverVersion }) => calls.push(`format ${serverVersion}`),
      onBatch: (batch: BinlogBatch) => {
        calls.push(`batch ${batch.count}`)
        for (let index = 0; index < batch.count; index++)
          ends.push({
            gtid: batch.gtid(index),
            file: batch.file,
            position: batch.position[index]!,
            ack: batch.ackRequested[index]!,
            offset: delivered + batch.endOffset[index]!,
          })
        pieces.push(Buffer.from(batch.bytes))
        delivered += batch.bytes.length
      },
      onCaughtUp: (file, position) => calls.push(`caught up ${file} ${position}`),
    },
    windowBytes,
  )
  for (let offset = 0; offset < bytes.length && reader.end === null; ) {
    const length = Math.min(readBytes, reader.free.length, bytes.length - offset)
    bytes.copy(reader.free, 0, offset, offset + length)
    offset += length
    reader.received(length)
  }
  return { bytes: Buffer.concat(pieces), ends, calls, end: reader.end }
}

const first = [
  mariadbGtid('0-1-7', { endPosition: 300 }),
  rows(40, { endPosition: 363 }),
  xid({ endPosition: 394 }),
]
const second = [
  mariadbGtid('0-1-8', { alone: true, endPosition: 436 }),
  query('DROP TABLE t', { endPosition: 500 }),
]

test('events come out as they stand in a file, with the ends of their transactions, however the socket reads', () => {
  const list = event({ type: 163, body: Buffer.alloc(4), endPosition: 285 })
  const sent = Buffer.concat([
    ...head(unasked),
    packetsOf(list, unasked),
    ...first.map((each, index) => packetsOf(each, index === 2 ? asked : unasked)),
    packetsOf(heartbeat('b.000001'), unasked),
    ...second.map((each) => packetsOf(each, unasked)),
  ])
  const stored = Buffer.concat([...first, ...second])
  const ends = [
    { gtid: '0-1-7', file: 'b.000001', position: 394, ack: 1, offset: Buffer.concat(first).length },
    { gtid: '0-1-8', file: 'b.000001', position: 500, ack: 0, offset: stored.length },
  ]

  for (const readBytes of [1, 2, 3, 5, 7, 11, 64, 200, sent.length])
    expect(read(sent, readBytes)).toMatchObject({ bytes: stored, ends, end: null })
})

test('one read is one batch, and the format comes before it', () => {
  const sent = Buffer.concat([...head(plain), ...[...first, ...second].map((each) => packetsOf(each))])

  expect(read(sent, sent.length).calls).toEqual(['format 10.11.19-MariaDB-log', 'batch 2'])
})

test('a heartbeat says up to where everything was sent, behind what came before it, beyond 4 GiB too', () => {
  const large = event({
    type: 27,
    body: Buffer.concat([Buffer.from([5, 0, 0, 0, 2, 0, 0, 0]), Buffer.from('b.000001')]),
    atSeconds: 0,
    flags: 0x20,
    endPosition: 0,
  })
  const sent = Buffer.concat([
    ...head(unasked),
    ...first.map((each) => packetsOf(each, unasked)),
    packetsOf(heartbeat('b.000001'), unasked),
    packetsOf(large, unasked),
  ])

  const calls = ['batch 1', 'caught up b.000001 4711', `caught up b.000001 ${2 * 2 ** 32 + 5}`]
  expect(read(sent, sent.length).calls).toEqual(['format 10.11.19-MariaDB-log', ...calls])
})

test('a time that begins with 0xEF is not taken for a semi-sync header', () => {
  const atSeconds = 0x5f0001ef
  const events = [mariadbGtid('0-1-7', { atSeconds }), xid({ atSeconds })]
  const sent = Buffer.concat([...head(plain), ...events.map((each) => packetsOf(each))])

  const seen = read(sent, 10)

  expect(seen.bytes).toEqual(Buffer.concat(events))
  expect(seen.ends).toMatchObject([{ gtid: '0-1-7', ack: 0 }])
})

test('sequence numbers may restart, as they do after an event that is to be acknowledged', () => {
  const sequences = [9, 1, 1, 200, 1]
  const events = [...first, ...second]
  const sent = Buffer.concat([
    ...head(asked),
    ...events.map((each, index) => packetsOf(each, { ...asked, sequence: sequences[index]! })),
  ])

  expect(read(sent, 100)).toMatchObject({ bytes: Buffer.concat(events), end: null })
})

test('an event larger than the buffer comes in pieces, and its end only with its checksum', () => {
  const large = rows(900_000)
  const sent = Buffer.concat([
    ...head(asked),
    ...[mariadbGtid('0-1-7'), large, xid()].map((each) => packetsOf(each, asked)),
    ...second.map((each) => packetsOf(each, asked)),
  ])

  const seen = read(sent, 65_536)

  expect(seen.bytes.equals(Buffer.concat([mariadbGtid('0-1-7'), large, xid(), ...second]))).toBe(true)
  expect(seen.ends.map((each) => each.gtid)).toEqual(['0-1-7', '0-1-8'])
  expect(seen.calls.filter((call) => call === 'batch 0').length).toBeGreaterThan(5)
})

test.each([0xffffff - 24, 0xffffff - 25, 0xffffff - 26, 0xffffff - 27, 2 * 0xffffff - 26, 20_000_000])(
  'an event of %i bytes of rows is put together from several packets',
  (length) => {
    for (const facts of [plain, asked]) {
      const large = rows(length)
      const sent = Buffer.concat([
        ...head(facts),
        ...[mariadbGtid('0-1-7'), large, xid(), ...second].map((each) => packetsOf(each, facts)),
      ])

      const seen = read(sent, 300_000)

      expect(seen.end).toBeNull()
      expect(seen.bytes.equals(Buffer.concat([mariadbGtid('0-1-7'), large, xid(), ...second]))).toBe(true)
      expect(seen.ends.map((each) => each.gtid)).toEqual(['0-1-7', '0-1-8'])
    }
  },
)

test('a large event may itself be the last one of its transaction', () => {
  const large = query(`CREATE TABLE t (a INT COMMENT '${'x'.repeat(400_000)}')`, { endPosition: 400_500 })
  const events = [mariadbGtid('0-1-7', { alone: true }), large, ...second]
  const sent = Buffer.concat([...head(asked), ...events.map((each) => packetsOf(each, asked))])

  const seen = read(sent, 10_000)

  expect(seen.ends).toMatchObject([{ gtid: '0-1-7', position: 400_500, ack: 1 }, { gtid: '0-1-8' }])
  expect(seen.bytes.equals(Buffer.concat(events))).toBe(true)
})

test('positions go on beyond 4 GiB, where the header has only their low 32 bits', () => {
  const gib = 0x4000_0000
  const steps = [1, 2, 3, 3.9, 4.1, 5, 7.5, 8.25].map((each) => Math.floor(each * gib))
  const transactions = steps.map((step, index) => [
    mariadbGtid(`0-1-${index + 1}`, { endPosition: (step - 100) % 0x1_0000_0000 }),
    xid({ endPosition: step % 0x1_0000_0000 }),
  ])
  const sent = Buffer.concat([...head(asked), ...transactions.flat().map((each) => packetsOf(each, asked))])

  expect(read(sent, 1000).ends.map((each) => each.position)).toEqual(steps)
})

test('an event without a position stands behind the one before it', () => {
  const events = [mariadbGtid('0-1-7', { endPosition: 0xffff_ffff }), xid()]
  const sent = Buffer.concat([...head(plain), ...events.map((each) => packetsOf(each))])

  expect(read(sent, 1000).ends[0]?.position).toBe(0xffff_ffff + xid().length)
})

test('a new file begins a new batch, and positions anew', () => {
  const sent = Buffer.concat([
    ...head(plain),
    ...first.map((each) => packetsOf(each)),
    packetsOf(rotate('b.000002', { flags: 0, atSeconds: 5, endPosition: 450 })),
    packetsOf(rotate('b.000002')),
    packetsOf(formatEvent()),
    ...second.map((each) => packetsOf(each)),
  ])

  const seen = read(sent, sent.length)

  expect(seen.ends).toMatchObject([
    { file: 'b.000001', position: 394 },
    { file: 'b.000002', position: 500 },
  ])
  expect(seen.calls).toEqual([
    'format 10.11.19-MariaDB-log',
    'batch 1',
    'format 10.11.19-MariaDB-log',
    'batch 1',
  ])
})

test('from .999999 to .1000000 is forward, but a leader that goes back to an earlier file is not followed', () => {
  const forward = [packetsOf(rotate('b.999999')), packetsOf(rotate('b.1000000'))]
  const back = [packetsOf(rotate('b.000002')), packetsOf(rotate('b.000001'))]

  expect(read(Buffer.concat(forward), 1000).end).toBeNull()
  expect(read(Buffer.concat(back), 1000).end).toMatchObject({ kind: 'damaged', message: /b\.000001/ })
})

test('a flipped bit anywhere in a transaction ends the stream before its end is reported', () => {
  const packets = first.map((each) => packetsOf(each))
  const before = [...head(plain), ...second.map((each) => packetsOf(each))]
  const start = Buffer.concat(before).length
  const sent = Buffer.concat([...before, ...packets])
  const headers = new Set<number>()
  let offset = start
  for (const packet of packets) {
    for (let index = 0; index < 5; index++) headers.add(offset + index)
    offset += packet.length
  }

  for (let index = start; index < sent.length; index++) {
    if (headers.has(index)) continue
    const flipped = Buffer.from(sent)
    flipped[index]! ^= 0x10
    const seen = read(flipped, 50)

    expect(seen.end).toMatchObject({ kind: 'damaged', message: expect.stringMatching(/^b\.000001 at \d+: /) })
    expect(seen.ends.map((each) => each.gtid)).toEqual(['0-1-8'])
  }
})

test('a flipped bit in a large event is found, too', () => {
  const large = packetsOf(rows(900_000))
  large[700_000]! ^= 1
  const sent = Buffer.concat([...head(plain), packetsOf(mariadbGtid('0-1-7')), large, packetsOf(xid())])

  const seen = read(sent, 100_000)

  expect(seen.end).toMatchObject({ kind: 'damaged', message: expect.stringContaining('checksum') })
  expect(seen.ends).toEqual([])
})

test.each([
  ['differ in length', Buffer.concat([Buffer.from([0]), mariadbGtid('0-1-7'), Buffer.from([1])])],
  ['too short', Buffer.from([0, 1, 2, 3])],
  ['empty packet', Buffer.alloc(0)],
  ['unknown kind', Buffer.from([7, 1, 2, 3])],
])('a packet that cannot be is damage: %s', (message, payload) => {
  const seen = read(Buffer.concat([...head(plain), framed(payload)]), 1000)

  expect(seen.end).toMatchObject({ kind: 'damaged', message: expect.stringContaining(message) })
})

test('an error packet ends the stream with its number and text, after what came before it', () => {
  const error = Buffer.concat([Buffer.from([0xff, 0xd4, 0x04]), Buffer.from('#HY000Could not find it')])
  const sent = Buffer.concat([...head(plain), ...first.map((each) => packetsOf(each)), framed(error)])

  for (const readBytes of [1, sent.length])
    expect(read(sent, readBytes)).toMatchObject({
      ends: [{ gtid: '0-1-7' }],
      end: { kind: 'error', errno: 1236, message: 'Could not find it' },
    })
})

test('an EOF packet ends the stream, and nothing is read behind it', () => {
  const eof = framed(Buffer.from([0xfe, 0, 0, 0, 0]))
  const sent = Buffer.concat([...head(plain), eof, ...first.map((each) => packetsOf(each))])

  expect(read(sent, sent.length)).toMatchObject({ ends: [], end: { kind: 'eof' } })
})

test('the first packet tells what kind of session it is', () => {
  const kindOf = (bytes: Buffer) => {
    const reader = new DumpReader({ onFormat: () => undefined, onBatch: () => undefined })
    bytes.copy(reader.free)
    reader.hold(bytes.length)
    return reader.firstPacket
  }
  const error = framed(Buffer.concat([Buffer.from([0xff, 0xd4, 0x04]), Buffer.from('#HY000no')]))

  expect(kindOf(packetsOf(rotate('b.000001'), asked))).toBe('semi-sync')
  expect(kindOf(packetsOf(rotate('b.000001')))).toBe('plain')
  expect(kindOf(error)).toBe('end')
  expect(kindOf(error.subarray(0, -1))).toBeNull()
  expect(kindOf(error.subarray(0, 5))).toBeNull()
})

test('nothing is handed out after a stop, not even from within a batch', () => {
  const sent = Buffer.concat([
    ...head(plain),
    ...first.map((each) => packetsOf(each)),
    packetsOf(formatEvent()),
    ...second.map((each) => packetsOf(each)),
  ])
  const calls: string[] = []
  const reader = new DumpReader({
    onFormat: () => calls.push('format'),
    onBatch: () => {
      calls.push('batch')
      reader.stop()
    },
  })
  sent.copy(reader.free)

  reader.received(sent.length)

  expect(calls).toEqual(['format', 'batch'])
})
