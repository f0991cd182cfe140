import { BinlogDamage, headerLength } from './event.js'

/** A transaction's GTID. */
export interface MysqlGtid {
  readonly uuid: string
  /** The empty string when there is none. */
  readonly tag: string
  readonly number: number
}

/** A GTID event: u8 flags, 16 bytes UUID, u64 number, and more. */
export const gtidEventUuidOffset: number = headerLength + 1
export const gtidEventNumberOffset: number = gtidEventUuidOffset + 16

/** `01234567-89ab-cdef-0123-456789abcdef` from 16 bytes. */
export function uuidAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/**
 * A GTID_TAGGED event is a message of MySQL's own serialization
 * (https://dev.mysql.com/doc/dev/mysql-server/latest/PageLibsMysqlSerialization.html): version, size, last field that may
 * not be ignored, then fields, each led by its number: 0 flags, 1 UUID as 16 numbers, 2 number (signed), 3 tag, and more
 * that are not needed here. `end` is before the checksum. Throws BinlogDamage.
 */
export function readTaggedGtidEvent(bytes: Buffer, start: number, end: number): MysqlGtid {
  const reader = new MessageReader(bytes, start + headerLength, end)
  for (let skipped = 0; skipped < 3; skipped++) reader.number()
  reader.expectField(0)
  reader.number()
  reader.expectField(1)
  const uuid = Buffer.from(Array.from({ length: 16 }, () => reader.number()))
  reader.expectField(2)
  const number = Math.floor(reader.number() / 2)
  reader.expectField(3)
  const tag = reader.text()
  return { uuid: uuidAt(uuid, 0), tag, number }
}

class MessageReader {
  constructor(
    private readonly bytes: Buffer,
    private offset: number,
    private readonly end: number,
  ) {}

  /** As many one bits at the low end of the first byte, as many bytes follow; the rest, little-endian, is the number. */
  number(): number {
    const first = this.bytes[this.offset] ?? 0
    let following = 0
    while (following < 8 && (first >> following) & 1) following++
    this.#need(1 + following)
    let value = 0n
    for (let index = following; index >= 0; index--)
      value = (value << 8n) | BigInt(this.bytes[this.offset + index] ?? 0)
    this.offset += 1 + following
    return Number(value >> BigInt(Math.min(following + 1, 8)))
  }

  text(): string {
    const length = this.number()
    this.#need(length)
    this.offset += length
    return this.bytes.toString('latin1', this.offset - length, this.offset)
  }

  expectField(field: number): void {
    if (this.number() !== field) throw new BinlogDamage('a tagged GTID event has fields in another order')
  }

  #need(length: number): void {
    if (this.offset + length > this.end) throw new BinlogDamage('a tagged GTID event is too short')
  }
}
