import {
  BinlogDamage,
  eventTypes,
  flagsOf,
  headerLength,
  ignorableFlag,
  readUint64,
  secondsOf,
  typeOf,
} from './event.js'
import {
  gtidEventNumberOffset,
  gtidEventUuidOffset,
  type MysqlGtid,
  readTaggedGtidEvent,
  uuidAt,
} from './mysql-gtid-event.js'
import { queryPartsOf } from './query-event.js'

/** Where an event stands: in no transaction (it speaks of the file, not of the history), in one, or at the end of one. */
export type Place = 'outside' | 'inside' | 'last'

/** `statement`: stands alone, without rows and a commit of its own; DDL and the like. */
export type TransactionKind = 'transaction' | 'statement' | 'xa-prepare'

/**
 * Finds where transactions begin and end, by the types of their events, and reads whose they are. One instance per
 * stream or file; its fields are those of the transaction that was begun last, so that no event costs an object.
 *
 * A MariaDB group ends with XID, XA_PREPARE or QUERY COMMIT / ROLLBACK, or, when its GTID event says that it stands alone,
 * with its first event that is not a preparation of another one (`Log_event::is_part_of_group` of the server). MySQL does not
 * say beforehand: a first QUERY that is not BEGIN or XA START stands alone.
 */
export class TransactionBounds {
  open = false
  kind: TransactionKind = 'transaction'
  /** Unix seconds of the GTID event. */
  beginSeconds = 0
  domain = 0
  server = 0
  /** MariaDB: the sequence number. MySQL: the number behind the UUID. */
  sequence = 0
  /** MySQL: `uuid` or `uuid:tag`; MariaDB: the empty string. */
  source = ''

  #flavour: 'mariadb' | 'mysql' = 'mariadb'
  #alone = false
  #begun = false
  #uuid: Buffer = Buffer.alloc(16)

  /** The GTID of the transaction that was begun last: `0-1-99`, `uuid:99`, `uuid:tag:99`. */
  get gtid(): string {
    return gtidText(this)
  }

  /**
   * Takes the next event, whose header is at `start`. `end` is before its checksum; it may be less when the event is large
   * and only its beginning is at hand. Throws BinlogDamage when the event cannot be at this place.
   */
  take(bytes: Buffer, start: number, end: number): Place {
    const type = typeOf(bytes, start)
    if (type === eventTypes.mariadbGtid) return this.#beginMariadb(bytes, start, end)
    if (type === eventTypes.gtid || type === eventTypes.gtidTagged)
      return this.#beginMysql(bytes, start, end, type)
    if (housekeeping.has(type)) {
      // The server was ended in the middle of a transaction and began a new file: what there is of it is void.
      if (endsFile.has(type)) this.open = false
      return 'outside'
    }
    if (type === eventTypes.anonymousGtid) throw new BinlogDamage('a transaction has no GTID')
    if (type === eventTypes.incident) throw new BinlogDamage('the server says that it lost events (INCIDENT)')
    if (!this.open && flagsOf(bytes, start) & ignorableFlag) return 'outside'
    if (!this.open) throw new BinlogDamage(`an event of type ${type} stands outside of any transaction`)
    if (!this.#isLast(bytes, start, end, type)) return 'inside'
    this.open = false
    return 'last'
  }

  /** u64 sequence number, u32 domain, u8 flags, then what is not needed here. The server is in the header. */
  #beginMariadb(bytes: Buffer, start: number, end: number): Place {
    if (end < start + headerLength + 13) throw new BinlogDamage('a GTID event is too short')
    this.#begin(bytes, start)
    this.#flavour = 'mariadb'
    this.sequence = readUint64(bytes, start + headerLength)
    this.domain = bytes.readUInt32LE(start + headerLength + 8)
    this.#alone = ((bytes[start + headerLength + 12] ?? 0) & standAloneFlag) !== 0
    if (this.#alone) this.kind = 'statement'
    return 'inside'
  }

  #beginMysql(bytes: Buffer, start: number, end: number, type: number): Place {
    if (end < start + gtidEventNumberOffset + 8 && type === eventTypes.gtid)
      throw new BinlogDamage('a GTID event is too short')
    this.#begin(bytes, start)
    this.#flavour = 'mysql'
    this.#begun = false
    if (type === eventTypes.gtidTagged) {
      const gtid = readTaggedGtidEvent(bytes, start, end)
      this.source = sourceOf(gtid)
      this.sequence = gtid.number
      this.#uuid.fill(0)
      return 'inside'
    }
    const uuidOffset = start + gtidEventUuidOffset
    // Nearly always the same server as before.
    if (bytes.compare(this.#uuid, 0, 16, uuidOffset, uuidOffset + 16) !== 0) {
      bytes.copy(this.#uuid, 0, uuidOffset, uuidOffset + 16)
      this.source = uuidAt(this.#uuid, 0)
    }
    this.sequence = readUint64(bytes, start + gtidEventNumberOffset)
    return 'inside'
  }

  #begin(bytes: Buffer, start: number): void {
    if (this.open) throw new BinlogDamage(`a transaction begins inside of ${this.gtid}`)
    this.open = true
    this.kind = 'transaction'
    this.beginSeconds = secondsOf(bytes, start)
    this.server = bytes.readUInt32LE(start + 5)
  }

  #isLast(bytes: Buffer, start: number, end: number, type: number): boolean {
    if (type === eventTypes.xid) return true
    if (type === eventTypes.xaPrepare) {
      this.kind = 'xa-prepare'
      return true
    }
    if (this.#flavour === 'mysql') return this.#isLastOfMysql(bytes, start, end, type)
    if (this.#alone) return !preparesAnother.has(type)
    return type === eventTypes.query && endsWithCommitOrRollback(bytes, end)
  }

  #isLastOfMysql(bytes: Buffer, start: number, end: number, type: number): boolean {
    if (type === eventTypes.transactionPayload) return true
    if (type !== eventTypes.query) return false
    const { statementStart } = queryPartsOf(bytes, start, end)
    // Long enough for every word that is looked for.
    const words = bytes.toString('latin1', statementStart, Math.min(end, statementStart + 16))
    if (this.#begun) return commits.test(words)
    this.#begun = begins.test(words)
    if (!this.#begun) this.kind = 'statement'
    return !this.#begun
  }
}

/** `0-1-99`, `uuid:99` or `uuid:tag:99`. */
export function gtidText(parts: {
  readonly source: string
  readonly domain: number
  readonly server: number
  readonly sequence: number
}): string {
  if (parts.source !== '') return `${parts.source}:${parts.sequence}`
  return `${parts.domain}-${parts.server}-${parts.sequence}`
}

function sourceOf(gtid: MysqlGtid): string {
  return gtid.tag === '' ? gtid.uuid : `${gtid.uuid}:${gtid.tag}`
}

const standAloneFlag = 0x1

const endsFile: ReadonlySet<number> = new Set([
  eventTypes.formatDescription,
  eventTypes.rotate,
  eventTypes.stop,
])

const housekeeping: ReadonlySet<number> = new Set([
  ...endsFile,
  eventTypes.heartbeat,
  eventTypes.heartbeatV2,
  eventTypes.previousGtids,
  eventTypes.binlogCheckpoint,
  eventTypes.mariadbGtidList,
  eventTypes.startEncryption,
])

/** They set the scene for the statement that follows. */
const preparesAnother: ReadonlySet<number> = new Set([
  eventTypes.intvar,
  eventTypes.rand,
  eventTypes.userVar,
  eventTypes.tableMap,
  eventTypes.annotateRows,
])

/** `Query_log_event::starts_group` and `ends_group` of MySQL. */
const begins = /^(?:BEGIN$|XA START)/
const commits = /^(?:COMMIT$|XA ROLLBACK|ROLLBACK(?! TO ))/i

/** `Query_log_event::peek_is_commit_rollback` of MariaDB: looks at the end only, where the zero is that of the database. */
function endsWithCommitOrRollback(bytes: Buffer, end: number): boolean {
  return endsWith(bytes, end, zeroCommit) || endsWith(bytes, end, zeroRollback)
}

function endsWith(bytes: Buffer, end: number, wanted: Buffer): boolean {
  return end >= wanted.length && bytes.compare(wanted, 0, wanted.length, end - wanted.length, end) === 0
}

const zeroCommit = Buffer.from('\0COMMIT', 'latin1')
const zeroRollback = Buffer.from('\0ROLLBACK', 'latin1')
