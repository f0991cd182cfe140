import type { CorelabError } from '../../kit/errors.js'
import type { BinlogFormat } from './format-description.js'

/** Who is told what a binlog stream brings. All calls are synchronous, from within the read of the socket. */
export interface BinlogListener {
  /**
   * Before the first batch of a stream, and again when the leader begins a new file. What was delivered behind the last
   * reported end is void then: the leader was ended in the middle of that transaction.
   */
  onFormat(format: BinlogFormat): void
  onBatch(batch: BinlogBatch): void
  /** Something came, be it only a heartbeat. Once per read of the socket, before the batch. */
  onHeard(): void
  /**
   * A heartbeat: the leader has sent everything it has, up to here. After a restart of the reader this alone tells where
   * that is at the leader, which may wait for an acknowledgement of what the reader has and is not sent again.
   */
  onCaughtUp?(file: string, position: number): void
  /** Once, after a stream was opened, whoever ended it. Nothing is called after it. */
  onClose(reason: BinlogCloseReason): void
}

/**
 * What came with one read of the socket: raw events as they are to stand in a binlog file, and where transactions end
 * among them. Events between transactions are left out, they speak of the leader's files. The object and everything in it
 * is used again: valid during the call only.
 */
export interface BinlogBatch {
  /** May begin and end in the middle of a transaction, even of an event. Behind the last end nothing is verified as a whole. */
  readonly bytes: Buffer
  /** How many transactions end in `bytes`; 0 while a large one passes. The arrays below have as many entries, and rubbish behind. */
  readonly count: number
  /** The leader's binlog file in which all of them end. */
  readonly file: string
  /** Ends in `bytes`: the offset behind the transaction. */
  readonly endOffset: Uint32Array
  /** Ends in the leader's file, all 64 bits: what {@link BinlogStream.ack} takes, together with `file`. */
  readonly position: Float64Array
  /** When the leader wrote the GTID event, Unix seconds. */
  readonly beginSeconds: Uint32Array
  /** MariaDB's replication domain; 0 with MySQL. */
  readonly domain: Uint32Array
  /** Id of the server that wrote the transaction. */
  readonly server: Uint32Array
  /** MariaDB's sequence number, MySQL's number behind the UUID. */
  readonly sequence: Float64Array
  /** 1 where the leader wants an acknowledgement, because semi-sync is switched on there. */
  readonly ackRequested: Uint8Array
  /** MySQL: `uuid` or `uuid:tag`. MariaDB: the empty string. */
  source(index: number): string
  /** `0-1-99`, `uuid:99`, `uuid:tag:99`. */
  gtid(index: number): string
}

/**
 * - `closed`: by us
 * - `lost`: the connection ended
 * - `replaced`: another reader with our server id came
 * - `position-lost`: the leader does not have what we asked for
 * - `damaged`: an event's checksum or structure is wrong; the error names file and position
 * - `refused`: every other error that the leader sent
 */
export interface BinlogCloseReason {
  readonly kind: 'closed' | 'lost' | 'replaced' | 'position-lost' | 'damaged' | 'refused'
  readonly error: CorelabError
}
