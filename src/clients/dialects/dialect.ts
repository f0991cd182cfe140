import type { SqlConnection } from '../mysql/connection.js'

/** What a replica says of itself. */
export interface ReplicaStatus {
  readonly sourceHost: string
  readonly sourcePort: number
  /** Receives from its source at the moment (connected, not merely trying). */
  readonly receiving: boolean
  readonly applying: boolean
  /** GTID position of the last event received into the relay log. */
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
  /** Transactions that went out without an acknowledgement: must stay 0 (holes H1, H3, H6). */
  readonly unacknowledged: number
}

/**
 * The nouns of replication that differ between the engines. Positions are opaque strings outside the dialect.
 * Every call is one or two statements on the given control connection; errors are those of the connection.
 */
export interface Dialect {
  readonly engine: 'mariadb' | 'mysql'
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
  /** The position of everything committed on the node, whoever wrote it. */
  position(connection: SqlConnection): Promise<string>
  /** True once the node has applied `position`; false when `timeoutMs` ran out first. */
  waitForPosition(connection: SqlConnection, position: string, timeoutMs: number): Promise<boolean>
  setReadOnly(connection: SqlConnection, readOnly: boolean): Promise<void>
  setSemiSyncSource(connection: SqlConnection, enabled: boolean): Promise<void>
  /** Takes effect when receiving starts next. */
  setSemiSyncReplica(connection: SqlConnection, enabled: boolean): Promise<void>
  /** Whether the node acknowledges to its source at the moment. */
  acknowledges(connection: SqlConnection): Promise<boolean>
  semiSyncSource(connection: SqlConnection): Promise<SemiSyncSourceStatus>
  /** How many transactions `behind` lacks of `ahead`; 0 when it has them all. */
  transactionsBetween(positions: { readonly behind: string; readonly ahead: string }): number
}
