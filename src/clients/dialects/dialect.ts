import type { DatabaseEngine } from '../../model/database-engine.js'
import type { SqlConnection } from '../mysql/connection.js'

/** What a replica says of itself. */
export interface ReplicaStatus {
  readonly sourceHost: string
  readonly sourcePort: number
  /** Receives from its source at the moment (connected, not merely trying). */
  readonly receiving: boolean
  readonly applying: boolean
  /** GTID position of what was received in full; with MySQL also of what was applied before. */
  readonly receivedPosition: string
  readonly lastError: string | null
}

export interface ReplicationSource {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

/** The source side of semi-synchronous replication. */
export interface SemiSyncSourceStatus {
  readonly enabled: boolean
  /** Replicas that acknowledge at the moment. */
  readonly clients: number
  /** Sessions whose commit waits for an acknowledgement at the moment. */
  readonly waiting: number
  /** Transactions that went out without an acknowledgement: must stay 0 (holes H1, H3, H6). */
  readonly unacknowledged: number
}

/** Accounts by name; the server's own threads and the asking session are never among them. */
export type SessionFilter =
  | { readonly users: readonly string[] }
  | { readonly exceptUsers: readonly string[] }

export interface OpenTransactions {
  readonly count: number
  /** Since the oldest of them began, to the second; 0 when there is none. */
  readonly oldestAgeMs: number
}

/**
 * The nouns of replication that differ between the engines. Positions and histories are opaque strings outside the
 * dialect. Every call is a few statements on the given control connection; errors are those of the connection.
 */
export interface Dialect extends PositionMaths {
  readonly engine: DatabaseEngine
  /**
   * Whether a server of this version, started with `--init-rpl-role=SLAVE` after a crash, takes back the transactions
   * at the end of its binlog that nobody acknowledged (MDEV-33465). Without it, they are committed at the start.
   */
  truncatesUnacknowledgedTail(serverVersion: string): boolean

  /** null when the node replicates from nobody. */
  replicaStatus(connection: SqlConnection): Promise<ReplicaStatus | null>
  /** Points the node to a source by GTID and starts; any earlier source is forgotten. */
  replicateFrom(connection: SqlConnection, source: ReplicationSource): Promise<void>
  startReplica(connection: SqlConnection): Promise<void>
  /** Connects anew to the same source, without waiting for what is being applied. */
  restartReceiving(connection: SqlConnection): Promise<void>
  /** Stops receiving; what was received goes on being applied. */
  stopReceiving(connection: SqlConnection): Promise<void>
  forgetSource(connection: SqlConnection): Promise<void>

  /**
   * Begins a new binlog file. Whoever asks for what comes after a GTID is sent through the whole file that holds it, event by
   * event, before the first one that it lacks. Hangs while a commit waits for its acknowledgement.
   */
  rotateBinlog(connection: SqlConnection): Promise<void>

  /**
   * The position of everything that the node has, whoever wrote it. On a MariaDB master that includes what still waits
   * for an acknowledgement; on a MySQL one it does not.
   */
  position(connection: SqlConnection): Promise<string>
  /** Everything in the node's own binlog, whoever wrote it: what its replicas can get from it. */
  writtenPosition(connection: SqlConnection): Promise<string>
  /** More than a position: also who wrote what, as far as the engine keeps it. For {@link PositionMaths.extraGtids}. */
  history(connection: SqlConnection): Promise<string>
  /**
   * For a node that becomes a replica after it was written to other than by replication (a former master, or the target
   * of a replay): it asks its next source for what comes after `position`. The replica must be stopped.
   */
  adoptPosition(connection: SqlConnection, position: string): Promise<void>
  /** True once the node has applied `position`; false when `timeoutMs` ran out first. */
  waitForPosition(connection: SqlConnection, position: string, timeoutMs: number): Promise<boolean>

  setReadOnly(connection: SqlConnection, readOnly: boolean): Promise<void>
  /**
   * Lets privileged accounts write on a read-only node, for the replay of a tail and for the keeper's own row, and ends it.
   * MySQL's `super_read_only` stops them too, MariaDB has nothing like it. `setReadOnly`, either way, ends it as well.
   */
  allowReplay(connection: SqlConnection, allowed: boolean): Promise<void>
  /** Until the next start. Replicas of the node reconnect by themselves. */
  setServerId(connection: SqlConnection, serverId: number): Promise<void>

  setSemiSyncSource(connection: SqlConnection, enabled: boolean): Promise<void>
  /**
   * Writes, and with them the demand for acknowledgements; one statement, as is {@link endAuthority}. One that was sent to
   * a slow server by somebody who no longer waits may still be performed much later: no such statement may leave a
   * node that takes writes and demands nothing.
   */
  openWrites(connection: SqlConnection): Promise<void>
  /** Demands no acknowledgements any more, and is read-only from before that on. */
  endAuthority(connection: SqlConnection): Promise<void>
  /** Takes effect when receiving starts next. */
  setSemiSyncReplica(connection: SqlConnection, enabled: boolean): Promise<void>
  /** Whether the node acknowledges to its source at the moment. */
  acknowledges(connection: SqlConnection): Promise<boolean>
  semiSyncSource(connection: SqlConnection): Promise<SemiSyncSourceStatus>

  /** Transactions that have changed rows and are neither committed nor rolled back, of clients only. */
  openTransactions(connection: SqlConnection, sessions: SessionFilter): Promise<OpenTransactions>
  /**
   * Ends client sessions and answers how many. Never on a master that was fenced: a MariaDB session that waits for an
   * acknowledgement commits when it is ended (hole H4).
   */
  endSessions(connection: SqlConnection, sessions: SessionFilter): Promise<number>
}

/** What can be told from positions alone, without a server. */
export interface PositionMaths {
  /** How many transactions `behind` lacks of `ahead`; 0 when it has them all. */
  transactionsBetween(positions: { readonly behind: string; readonly ahead: string }): number
  /** Whether a position covers a single transaction, e.g. `0-1-99` or `uuid:99`. */
  includes(facts: { readonly position: string; readonly gtid: string }): boolean
  /**
   * Whether that very transaction, by that very writer, is in a {@link Dialect.history}. MariaDB keeps the last one of each
   * writer, so it counts as there when the same writer went on.
   */
  wasWritten(facts: { readonly history: string; readonly gtid: string }): boolean
  /** The smallest position that covers all of these. */
  unionOf(positions: readonly string[]): string
  /**
   * The transactions at which a position ends, to be looked up in a log: one per domain (MariaDB), per server and tag
   * (MySQL). Empty for the empty position.
   */
  lastGtidsOf(position: string): readonly string[]
  /**
   * What a replica has that its source never had, from the {@link Dialect.history} of both, the replica's read first.
   * MySQL names ranges (`uuid:5-7`); MariaDB the last one of each writing server, and only while the binlogs since the
   * fork are there. Empty when nothing is known to be extra.
   */
  extraGtids(histories: { readonly replica: string; readonly source: string }): readonly string[]
}
