import type { GtidSet } from '../dialects/mysql-gtid.js'
import { BinlogDamage } from './event.js'
import { uuidAt } from './mysql-gtid-event.js'

/**
 * A GTID set as COM_BINLOG_DUMP_GTID and PREVIOUS_GTIDS events carry it: u64 number of origins; per origin 16 bytes UUID, u64
 * number of intervals, and per interval u64 first and u64 behind the last. As soon as one origin has a tag, all get one: a
 * byte with twice its length, and its letters, behind the UUID; and the number of origins moves up by a byte, between two
 * bytes 1 (`encode_nsids_format` of MySQL 8.3; servers before it do not understand that).
 */
export function encodeGtidSet(set: GtidSet): Buffer {
  const origins = [...set].filter(([, intervals]) => intervals.length > 0)
  const tagged = origins.some(([origin]) => origin.includes(':'))
  const count = BigInt(origins.length)
  const parts = [uint64(tagged ? (1n << 56n) | (count << 8n) | 1n : count)]
  // In the order of the server: by UUID, then by tag.
  for (const [origin, intervals] of origins.sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [uuid = '', tag = ''] = origin.split(':')
    parts.push(Buffer.from(uuid.replaceAll('-', ''), 'hex'))
    if (tagged) parts.push(Buffer.from([tag.length * 2]), Buffer.from(tag, 'latin1'))
    parts.push(uint64(BigInt(intervals.length)))
    for (const { first, last } of intervals) parts.push(uint64(first), uint64(last + 1n))
  }
  return Buffer.concat(parts)
}

/** The other way round, for sets up to 2^53 origins and intervals. Throws BinlogDamage. */
export function decodeGtidSet(bytes: Buffer): GtidSet {
  const reader = new SetReader(bytes)
  const head = reader.uint64()
  const tagged = head >> 56n === 1n
  const count = tagged ? (head >> 8n) & 0xffff_ffff_ffffn : head
  const set = new Map<string, { first: bigint; last: bigint }[]>()
  for (let origins = 0n; origins < count; origins++) {
    const uuid = uuidAt(reader.take(16), 0)
    const tag = tagged ? reader.take((reader.take(1)[0] ?? 0) / 2).toString('latin1') : ''
    const intervals = Array.from({ length: Number(reader.uint64()) }, () => ({
      first: reader.uint64(),
      last: reader.uint64() - 1n,
    }))
    set.set(tag === '' ? uuid : `${uuid}:${tag}`, intervals)
  }
  return set
}

class SetReader {
  #offset = 0
  constructor(private readonly bytes: Buffer) {}

  take(length: number): Buffer {
    if (this.#offset + length > this.bytes.length) throw new BinlogDamage('a GTID set is too short')
    this.#offset += length
    return this.bytes.subarray(this.#offset - length, this.#offset)
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64LE()
  }
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
