import { parseGtidSet } from '../dialects/mysql-gtid.js'
import { encodeGtidSet } from './gtid-set-bytes.js'

/**
 * What a replica sends to its source, as packets ready for the socket: u24 length, u8 sequence number 0, payload. Layouts:
 * https://mariadb.com/kb/en/replication-protocol/ and sql/rpl_source.cc of MySQL. All integers are little-endian.
 */

/** COM_REGISTER_SLAVE: makes the reader known by its server id; host, user and password stay empty. */
export function registerReplicaPacket(serverId: number): Buffer {
  const payload = Buffer.alloc(18)
  payload[0] = 0x15
  payload.writeUInt32LE(serverId, 1)
  return packet(payload)
}

/** COM_BINLOG_DUMP of MariaDB, from the GTID position that the session variables name. */
export function mariadbDumpPacket(serverId: number): Buffer {
  const payload = Buffer.alloc(11)
  payload[0] = 0x12
  payload.writeUInt32LE(4, 1)
  payload.writeUInt16LE(sendAnnotations, 5)
  payload.writeUInt32LE(serverId, 7)
  return packet(payload)
}

/** COM_BINLOG_DUMP_GTID of MySQL: everything that is not in `executed`. */
export function mysqlDumpPacket(serverId: number, executed: string): Buffer {
  const set = encodeGtidSet(parseGtidSet(executed))
  const payload = Buffer.alloc(23 + set.length)
  payload[0] = 0x1e
  payload.writeUInt16LE(throughGtid, 1)
  payload.writeUInt32LE(serverId, 3)
  // No file name; the position is then that of the first event.
  payload.writeUInt32LE(0, 7)
  payload.writeBigUInt64LE(4n, 11)
  payload.writeUInt32LE(set.length, 19)
  set.copy(payload, 23)
  return packet(payload)
}

/** The semi-sync acknowledgement of everything up to `position` of `file`. */
export function acknowledgementPacket(file: string, position: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + 9 + file.length)
  bytes.writeUInt32LE(9 + file.length, 0)
  bytes[4] = 0xef
  bytes.writeUInt32LE(position % 0x1_0000_0000, 5)
  bytes.writeUInt32LE(Math.floor(position / 0x1_0000_0000), 9)
  bytes.write(file, 13, 'latin1')
  return bytes
}

/** COM_QUIT: the server ends the session at once, instead of at its next write. */
export const quitPacket: Buffer = packet(Buffer.from([0x01]))

/** BINLOG_SEND_ANNOTATE_ROWS_EVENT: without it, the events that hold the statement's text would be missing. */
const sendAnnotations = 0x02

/** BINLOG_THROUGH_GTID. */
const throughGtid = 0x04

/** All of them are far shorter than the 16 MiB of one packet, but for a GTID set of a million intervals. */
function packet(payload: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, payload])
}
