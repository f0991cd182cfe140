import { crc32 } from 'node:zlib'

/** Builds binlog events byte by byte, as the servers' format pages describe them. */
export interface EventFacts {
  readonly type: number
  readonly body?: Buffer
  readonly atSeconds?: number
  readonly server?: number
  readonly endPosition?: number
  readonly flags?: number
}

export function event({
  type,
  body = Buffer.alloc(0),
  atSeconds = 1000,
  server = 1,
  endPosition = 0,
  flags = 0,
}: EventFacts): Buffer {
  const bytes = Buffer.alloc(19 + body.length + 4)
  bytes.writeUInt32LE(atSeconds, 0)
  bytes[4] = type
  bytes.writeUInt32LE(server, 5)
  bytes.writeUInt32LE(bytes.length, 9)
  bytes.writeUInt32LE(endPosition, 13)
  bytes.writeUInt16LE(flags, 17)
  body.copy(bytes, 19)
  return withChecksum(bytes)
}

/** Writes the right checksum into the last four bytes. */
export function withChecksum(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
  return bytes
}

export const magicBytes = Buffer.from('fe62696e', 'hex')

export function formatEvent(facts: { readonly checksums?: boolean; readonly flags?: number } = {}): Buffer {
  const body = Buffer.alloc(2 + 50 + 4 + 1 + 42 + 1)
  body.writeUInt16LE(4, 0)
  body.write('10.11.19-MariaDB-log', 2)
  body[56] = 19
  body[body.length - 1] = facts.checksums === false ? 0 : 1
  const bytes = event({ type: 15, body, endPosition: 0 })
  // The flag of a file in use is set after the checksum was computed.
  bytes.writeUInt16LE(facts.flags ?? 0, 17)
  return bytes
}

export function mariadbGtid(
  gtid: string,
  facts: { readonly alone?: boolean } & Partial<EventFacts> = {},
): Buffer {
  const [domain, server, sequence] = gtid.split('-').map(Number)
  const body = Buffer.alloc(19)
  body.writeBigUInt64LE(BigInt(sequence!), 0)
  body.writeUInt32LE(domain!, 8)
  body[12] = facts.alone ? 1 : 0
  return event({ type: 162, body, server: server!, ...facts })
}

export const uuidText = '01234567-89ab-cdef-0123-456789abcdef'

export function mysqlGtid(number: number, uuid: string = uuidText, facts: Partial<EventFacts> = {}): Buffer {
  const body = Buffer.alloc(42)
  Buffer.from(uuid.replaceAll('-', ''), 'hex').copy(body, 1)
  body.writeBigUInt64LE(BigInt(number), 17)
  return event({ type: 33, body, ...facts })
}

export function query(
  statement: string,
  facts: Partial<EventFacts> & { readonly database?: string } = {},
): Buffer {
  const { database = 'pay', ...rest } = facts
  const fixed = Buffer.alloc(13)
  fixed[8] = database.length
  const status = Buffer.from([0, 0, 0, 0, 0])
  fixed.writeUInt16LE(status.length, 11)
  const body = Buffer.concat([fixed, status, Buffer.from(`${database}\0${statement}`)])
  return event({ type: 2, body, ...rest })
}

export function rows(length: number, facts: Partial<EventFacts> = {}): Buffer {
  return event({ type: 23, body: Buffer.alloc(length, 'row'), ...facts })
}

export function xid(facts: Partial<EventFacts> = {}): Buffer {
  return event({ type: 16, body: Buffer.alloc(8, 1), ...facts })
}

export function rotate(
  file: string,
  facts: Partial<EventFacts> & { readonly position?: bigint } = {},
): Buffer {
  const { position = 4n, ...rest } = facts
  const body = Buffer.alloc(8 + file.length)
  body.writeBigUInt64LE(position, 0)
  body.write(file, 8)
  return event({ type: 4, body, atSeconds: 0, flags: 0x20, ...rest })
}

export function heartbeat(file: string): Buffer {
  return event({ type: 27, body: Buffer.from(file), atSeconds: 0, flags: 0x20, endPosition: 4711 })
}

export interface PacketFacts {
  readonly semiSync?: boolean
  readonly ack?: boolean
  readonly sequence?: number
}

/** The packets by which a server sends an event; more than one when it is longer than 2^24-1 bytes. */
export function packetsOf(
  sent: Buffer,
  { semiSync = false, ack = false, sequence = 1 }: PacketFacts = {},
): Buffer {
  const prefix = semiSync ? Buffer.from([0, 0xef, ack ? 1 : 0]) : Buffer.from([0])
  return framed(Buffer.concat([prefix, sent]), sequence)
}

export function framed(payload: Buffer, firstSequence = 1): Buffer {
  const packets: Buffer[] = []
  for (let offset = 0, sequence = firstSequence; ; sequence++) {
    const part = payload.subarray(offset, offset + 0xffffff)
    const header = Buffer.alloc(4)
    header.writeUIntLE(part.length, 0, 3)
    header[3] = sequence & 0xff
    packets.push(header, part)
    offset += part.length
    if (part.length < 0xffffff) return Buffer.concat(packets)
  }
}
