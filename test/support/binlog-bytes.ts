import { crc32 } from 'node:zlib'
import type { BinlogBatch } from '../../src/clients/binlog/binlog-listener.js'

/** Binlog events made by hand, as MariaDB 10.11 writes them: right sizes, checksums and order, made-up contents. */
export interface MadeTransaction {
  readonly gtid: string
  readonly server: number
  readonly sequence: number
  readonly atSeconds: number
  readonly bytes: Buffer
}

export function formatEvent(
  options: { readonly version?: string; readonly createdSeconds?: number } = {},
): Buffer {
  const body = Buffer.alloc(2 + 50 + 4 + 1 + 165 + 1)
  body.writeUInt16LE(4, 0)
  body.write(options.version ?? '10.11.19-MariaDB-log', 2, 'latin1')
  body.writeUInt32LE(options.createdSeconds ?? 0, 52)
  body.writeUInt8(19, 56)
  body.writeUInt8(1, body.length - 1)
  const event = binlogEvent({ type: 15, server: 1, atSeconds: options.createdSeconds ?? 0, body })
  event.writeUInt32LE(4 + event.length, 13)
  event.writeUInt32LE(crc32(event.subarray(0, -4)), event.length - 4)
  return event
}

/** GTID, rows of the given size, XID. The same facts give the same bytes. */
export function transaction(
  sequence: number,
  options: { readonly server?: number; readonly rowBytes?: number; readonly atSeconds?: number } = {},
): MadeTransaction {
  const { server = 1, rowBytes = 40, atSeconds = 1_700_000_000 + sequence } = options
  const head = { server, atSeconds }
  const gtid = Buffer.alloc(19)
  gtid.writeBigUInt64LE(BigInt(sequence), 0)
  const bytes = Buffer.concat([
    binlogEvent({ ...head, type: 162, body: gtid }),
    binlogEvent({ ...head, type: 160, body: Buffer.from(`update of ${sequence}`) }),
    binlogEvent({ ...head, type: 24, body: Buffer.alloc(rowBytes, sequence) }),
    binlogEvent({ ...head, type: 16, body: Buffer.alloc(8, 1) }),
  ])
  return { gtid: `0-${server}-${sequence}`, server, sequence, atSeconds, bytes }
}

export function transactions(
  from: number,
  to: number,
  options: Parameters<typeof transaction>[1] = {},
): MadeTransaction[] {
  return Array.from({ length: to - from + 1 }, (_, index) => transaction(from + index, options))
}

/** A batch as a stream delivers it: whole transactions, then perhaps a part of the next one. */
export function batchOf(
  whole: readonly MadeTransaction[],
  options: { readonly before?: Buffer; readonly rest?: Buffer; readonly file?: string } = {},
): BinlogBatch {
  const { before = Buffer.alloc(0), rest = Buffer.alloc(0) } = options
  const numbers = (pick: (each: MadeTransaction) => number) => whole.map(pick)
  let end = before.length
  const ends = whole.map(({ bytes }) => (end += bytes.length))
  return {
    bytes: Buffer.concat([before, ...whole.map(({ bytes }) => bytes), rest]),
    count: whole.length,
    file: options.file ?? 'binlog.000001',
    endOffset: Uint32Array.from(ends),
    position: Float64Array.from(numbers(({ sequence }) => sequence * 1000)),
    beginSeconds: Uint32Array.from(numbers(({ atSeconds }) => atSeconds)),
    domain: new Uint32Array(whole.length),
    server: Uint32Array.from(numbers(({ server }) => server)),
    sequence: Float64Array.from(numbers(({ sequence }) => sequence)),
    ackRequested: new Uint8Array(whole.length).fill(1),
    source: () => '',
    gtid: (index) => whole[index]!.gtid,
  }
}

function binlogEvent(event: {
  readonly type: number
  readonly server: number
  readonly atSeconds: number
  readonly body: Buffer
}): Buffer {
  const bytes = Buffer.alloc(19 + event.body.length + 4)
  bytes.writeUInt32LE(event.atSeconds, 0)
  bytes.writeUInt8(event.type, 4)
  bytes.writeUInt32LE(event.server, 5)
  bytes.writeUInt32LE(bytes.length, 9)
  event.body.copy(bytes, 19)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
  return bytes
}
