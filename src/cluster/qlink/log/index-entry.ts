import { crc32 } from '../../../clients/binlog/crc32.js'
import { assert } from '../../../kit/assert.js'

/** A transaction's place in its segment. */
export interface IndexEntry {
  /** `0-1-99` (MariaDB) or `uuid:99` (MySQL). */
  readonly gtid: string
  readonly offset: number
  readonly length: number
  /** When it began, by the clock of its writer. */
  readonly atSeconds: number
}

/**
 * An entry's bytes, little-endian: 0 kind (1 MariaDB, 2 MySQL, 3 end), 4 time, 8 domain and 12 server, or a uuid of 16
 * bytes, 24 sequence number, 32 offset, 40 length, 60 CRC32 of the 60 bytes before it. The rest is zero.
 */
export const entryBytes = 64

const kinds = { mariadb: 1, mysql: 2, end: 3 } as const
const checkedBytes = entryBytes - 4

/** The first half of an entry, of a MariaDB transaction, without any text: this is on the way of every commit. */
export function beginEntry(
  into: Buffer,
  at: number,
  gtid: {
    readonly domain: number
    readonly server: number
    readonly sequence: number
    readonly atSeconds: number
  },
): void {
  into.fill(0, at, at + entryBytes)
  into.writeUInt8(kinds.mariadb, at)
  into.writeUInt32LE(gtid.atSeconds, at + 4)
  into.writeUInt32LE(gtid.domain, at + 8)
  into.writeUInt32LE(gtid.server, at + 12)
  writeNumber(into, gtid.sequence, at + 24)
}

/** The first half of an entry, from a GTID's text. */
export function beginEntryOf(
  into: Buffer,
  at: number,
  entry: { readonly gtid: string; readonly atSeconds: number },
): void {
  const mariadb = /^(\d+)-(\d+)-(\d+)$/.exec(entry.gtid)
  if (mariadb) {
    const [domain = 0, server = 0, sequence = 0] = mariadb.slice(1).map(Number)
    beginEntry(into, at, { domain, server, sequence, atSeconds: entry.atSeconds })
    return
  }
  const mysql = /^([0-9a-f-]{36}):(\d+)$/i.exec(entry.gtid)
  assert(mysql, `no GTID that the index can hold: ${entry.gtid}`)
  into.fill(0, at, at + entryBytes)
  into.writeUInt8(kinds.mysql, at)
  into.writeUInt32LE(entry.atSeconds, at + 4)
  into.write((mysql[1] ?? '').replaceAll('-', ''), at + 8, 'hex')
  writeNumber(into, Number(mysql[2]), at + 24)
}

/** The second half: where the transaction came to lie, and the checksum. */
export function finishEntry(
  into: Buffer,
  at: number,
  place: { readonly offset: number; readonly length: number },
): void {
  writeNumber(into, place.offset, at + 32)
  writeNumber(into, place.length, at + 40)
  into.writeUInt32LE(crc32(into, at, at + checkedBytes), at + checkedBytes)
}

/** What stands behind the last entry of an index. */
export interface SegmentEnding {
  /** Of the part of the segment that the index covers. */
  readonly size: number
  /** CRC32 of that part. */
  readonly crc: number
  /** CRC32 of the index before this entry. */
  readonly indexCrc: number
}

export function endEntry(ending: SegmentEnding): Buffer {
  const bytes = Buffer.alloc(entryBytes)
  bytes.writeUInt8(kinds.end, 0)
  writeNumber(bytes, ending.crc, 24)
  bytes.writeUInt32LE(ending.indexCrc, 48)
  finishEntry(bytes, 0, { offset: ending.size, length: 0 })
  return bytes
}

export function isEndEntry(from: Buffer, at: number): boolean {
  return from.readUInt8(at) === kinds.end
}

export function isWholeEntry(from: Buffer, at: number): boolean {
  return (
    at + entryBytes <= from.length &&
    from.readUInt32LE(at + checkedBytes) === crc32(from, at, at + checkedBytes)
  )
}

export function readEndEntry(from: Buffer, at: number): SegmentEnding {
  return {
    size: readNumber(from, at + 32),
    crc: readNumber(from, at + 24),
    indexCrc: from.readUInt32LE(at + 48),
  }
}

export function readEntry(from: Buffer, at: number): IndexEntry {
  return {
    gtid: gtidText(from, at),
    offset: readNumber(from, at + 32),
    length: readNumber(from, at + 40),
    atSeconds: from.readUInt32LE(at + 4),
  }
}

/** The sequence number alone, for a search. */
export function readSequence(from: Buffer, at: number): number {
  return readNumber(from, at + 24)
}

/** Whether two entries are of the same GTID, wherever it lies. */
export function isSameGtid(one: Buffer, oneAt: number, other: Buffer, otherAt: number): boolean {
  return (
    one.readUInt8(oneAt) === other.readUInt8(otherAt) &&
    one.compare(other, otherAt + 8, otherAt + 32, oneAt + 8, oneAt + 32) === 0
  )
}

/** MariaDB's domain alone; of a MySQL entry a number without a meaning. */
export function readDomain(from: Buffer, at: number): number {
  return from.readUInt32LE(at + 8)
}

function gtidText(from: Buffer, at: number): string {
  const sequence = readNumber(from, at + 24)
  if (from.readUInt8(at) === kinds.mariadb)
    return `${from.readUInt32LE(at + 8)}-${from.readUInt32LE(at + 12)}-${sequence}`
  const hex = from.toString('hex', at + 8, at + 24)
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return `${uuid}:${sequence}`
}

/** 64 bits, of which a JavaScript number is exact to 53: sizes and sequence numbers stay below. */
function writeNumber(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value % 0x1_0000_0000, at)
  into.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4)
}

function readNumber(from: Buffer, at: number): number {
  return from.readUInt32LE(at) + from.readUInt32LE(at + 4) * 0x1_0000_0000
}
