/**
 * The common header of a binlog event, version 4: u32 time, u8 type, u32 server id, u32 size, u32 end position, u16
 * flags; all little-endian. With checksums on, the last four bytes of the event are the CRC-32 of all before them.
 * (https://mariadb.com/kb/en/2-binlog-event-header/, libs/mysql/binlog/event of MySQL)
 */
export const headerLength = 19
export const checksumLength = 4
/** A smaller size in a header is damage: nothing could be read behind it. */
export const eventLengthMin = headerLength + checksumLength

/** Where a file's first event begins. */
export const magic: Buffer = Buffer.from([0xfe, 0x62, 0x69, 0x6e])

export const eventTypes = Object.freeze({
  query: 2,
  stop: 3,
  rotate: 4,
  intvar: 5,
  rand: 13,
  userVar: 14,
  formatDescription: 15,
  xid: 16,
  tableMap: 19,
  incident: 26,
  heartbeat: 27,
  rowsQuery: 29,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  xaPrepare: 38,
  transactionPayload: 40,
  heartbeatV2: 41,
  gtidTagged: 42,
  annotateRows: 160,
  binlogCheckpoint: 161,
  mariadbGtid: 162,
  mariadbGtidList: 163,
  startEncryption: 164,
  queryCompressed: 165,
})

/** Flag of the events that a server invents for one reader; they stand in no file. */
export const artificialFlag = 0x20

/** Whoever does not know the event's type may pass over it. */
export const ignorableFlag = 0x80

/** Set while the server still writes the file; not part of the format description's checksum. */
export const inUseFlag = 0x1

export function typeOf(bytes: Buffer, start: number): number {
  return bytes[start + 4] ?? 0
}

export function sizeOf(bytes: Buffer, start: number): number {
  return bytes.readUInt32LE(start + 9)
}

/** Time of the event, Unix seconds. */
export function secondsOf(bytes: Buffer, start: number): number {
  return bytes.readUInt32LE(start)
}

/** The low 32 bits of the event's end in its file; 0 when it stands in none. */
export function endPositionOf(bytes: Buffer, start: number): number {
  return bytes.readUInt32LE(start + 13)
}

export function flagsOf(bytes: Buffer, start: number): number {
  return bytes.readUInt16LE(start + 17)
}

/** An unsigned 64-bit number; positions and sequence numbers stay far below the 2^53 that a number holds exactly. */
export function readUint64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 0x1_0000_0000
}

/**
 * What is wrong with the bytes of a binlog. Internal to the readers, which know the file and the position and raise
 * BINLOG_DAMAGED, or report where a file is torn.
 */
export class BinlogDamage extends Error {
  override readonly name = 'BinlogDamage'
}

/** What stands in a binlog rightly, but cannot be applied by a client. */
export class NotReplayable extends Error {
  override readonly name = 'NotReplayable'
}
