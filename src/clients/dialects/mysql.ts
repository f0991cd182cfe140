import { type SqlConnection, sqlLiteral } from '../mysql/connection.js'
import type { Dialect, ReplicaStatus, ReplicationSource, SemiSyncSourceStatus } from './dialect.js'
import type { GtidSet } from './mysql-gtid.js'
import {
  countGtids,
  formatGtidSet,
  intervalsOf,
  lastGtidsOfSet,
  parseGtidSet,
  subtractGtidSets,
  uniteGtidSets,
} from './mysql-gtid.js'
import { endSessions, openTransactions } from './sessions.js'

/**
 * MySQL 8.4 and 9.x with the plugins `semisync_source` and `semisync_replica`. Statements as in its manual, chapters
 * "SQL Statements for Controlling Source Servers / Replica Servers".
 */
export const mysqlDialect: Dialect = Object.freeze({
  engine: 'mysql',

  truncatesUnacknowledgedTail(): boolean {
    return false
  },

  async replicaStatus(connection: SqlConnection): Promise<ReplicaStatus | null> {
    const [row] = await connection.query<ReplicaStatusRow>('SHOW REPLICA STATUS')
    if (!row) return null
    const errors = [row.Last_IO_Error, row.Last_SQL_Error].filter((text) => text !== '')
    return {
      sourceHost: row.Source_Host,
      sourcePort: Number(row.Source_Port),
      receiving: row.Replica_IO_Running === 'Yes',
      applying: row.Replica_SQL_Running === 'Yes',
      // What was retrieved is forgotten at a restart, when the relay logs are made anew.
      receivedPosition: unionOf([row.Retrieved_Gtid_Set, row.Executed_Gtid_Set]),
      lastError: errors.length > 0 ? errors.join('; ') : null,
    }
  },

  async replicateFrom(connection: SqlConnection, source: ReplicationSource): Promise<void> {
    await connection.query('STOP REPLICA')
    // Also the relay logs: those of an earlier source end in the middle of something.
    await connection.query('RESET REPLICA ALL')
    // Cannot be prepared, so its values are quoted here. Loopback without TLS (9.x would demand it): the password
    // travels encrypted by the source's public key.
    await connection.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ${sqlLiteral(source.host)}, ` +
        `SOURCE_PORT = ${sqlLiteral(source.port)}, SOURCE_USER = ${sqlLiteral(source.user)}, ` +
        `SOURCE_PASSWORD = ${sqlLiteral(source.password)}, SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1, ` +
        'SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 4294967295, ' +
        'SOURCE_HEARTBEAT_PERIOD = 0.5',
    )
    await connection.query('START REPLICA')
  },

  async startReplica(connection: SqlConnection): Promise<void> {
    await connection.query('START REPLICA')
  },

  async restartReceiving(connection: SqlConnection): Promise<void> {
    await connection.query('STOP REPLICA IO_THREAD')
    await connection.query('START REPLICA')
  },

  async stopReceiving(connection: SqlConnection): Promise<void> {
    await connection.query('STOP REPLICA IO_THREAD')
  },

  async forgetSource(connection: SqlConnection): Promise<void> {
    await connection.query('STOP REPLICA')
    await connection.query('RESET REPLICA ALL')
  },

  async rotateBinlog(connection: SqlConnection): Promise<void> {
    await connection.query('FLUSH LOCAL BINARY LOGS')
  },

  position: executedGtids,
  writtenPosition: executedGtids,
  history: executedGtids,

  async adoptPosition(): Promise<void> {
    // A replica asks for what is not in gtid_executed, however it came there.
  },

  async waitForPosition(connection: SqlConnection, position: string, timeoutMs: number): Promise<boolean> {
    if (position === '') return true
    const [row] = await connection.query<{ outcome: number }>(
      'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS outcome',
      [position, `${timeoutMs / 1000}`],
    )
    return Number(row?.outcome) === 0
  },

  async setReadOnly(connection: SqlConnection, readOnly: boolean): Promise<void> {
    // Each takes the other along: the stronger one cannot be on alone.
    await connection.query(readOnly ? 'SET GLOBAL super_read_only = ON' : 'SET GLOBAL read_only = OFF')
  },

  async allowReplay(connection: SqlConnection, allowed: boolean): Promise<void> {
    await connection.query(`SET GLOBAL super_read_only = ${allowed ? 'OFF' : 'ON'}`)
  },

  async setServerId(connection: SqlConnection, serverId: number): Promise<void> {
    await connection.query(`SET GLOBAL server_id = ${sqlLiteral(serverId)}`)
  },

  async setSemiSyncSource(connection: SqlConnection, enabled: boolean): Promise<void> {
    await connection.query(`SET GLOBAL rpl_semi_sync_source_enabled = ${enabled ? 'ON' : 'OFF'}`)
  },

  async openWrites(connection: SqlConnection): Promise<void> {
    await connection.query('SET GLOBAL rpl_semi_sync_source_enabled = ON, GLOBAL read_only = OFF')
  },

  async endAuthority(connection: SqlConnection): Promise<void> {
    await connection.query('SET GLOBAL super_read_only = ON, GLOBAL rpl_semi_sync_source_enabled = OFF')
  },

  async setSemiSyncReplica(connection: SqlConnection, enabled: boolean): Promise<void> {
    await connection.query(`SET GLOBAL rpl_semi_sync_replica_enabled = ${enabled ? 'ON' : 'OFF'}`)
  },

  async acknowledges(connection: SqlConnection): Promise<boolean> {
    const [row] = await connection.query<{ Value: string }>(
      "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_replica_status'",
    )
    return row?.Value === 'ON'
  },

  async semiSyncSource(connection: SqlConnection): Promise<SemiSyncSourceStatus> {
    const rows = await connection.query<{ Variable_name: string; Value: string }>(
      "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_source_%'",
    )
    const value = (name: string) =>
      rows.find((row) => row.Variable_name === `Rpl_semi_sync_source_${name}`)?.Value
    return {
      enabled: value('status') === 'ON',
      clients: Number(value('clients') ?? 0),
      waiting: Number(value('wait_sessions') ?? 0),
      unacknowledged: Number(value('no_tx') ?? 0),
    }
  },

  openTransactions,
  endSessions,

  transactionsBetween({ behind, ahead }: { readonly behind: string; readonly ahead: string }): number {
    return countGtids(missingOf({ behind, ahead }))
  },

  unionOf,

  includes({ position, gtid }: { readonly position: string; readonly gtid: string }): boolean {
    return countGtids(missingOf({ behind: position, ahead: gtid })) === 0
  },

  wasWritten({ history, gtid }: { readonly history: string; readonly gtid: string }): boolean {
    return mysqlDialect.includes({ position: history, gtid })
  },

  lastGtidsOf(position: string): readonly string[] {
    return lastGtidsOfSet(parseGtidSet(position))
  },

  extraGtids({ replica, source }: { readonly replica: string; readonly source: string }): readonly string[] {
    return intervalsOf(missingOf({ behind: source, ahead: replica }))
  },
})

/** Without the server's line breaks. */
async function executedGtids(connection: SqlConnection): Promise<string> {
  const [row] = await connection.query<{ executed: string }>('SELECT @@GLOBAL.gtid_executed AS executed')
  return formatGtidSet(parseGtidSet(row?.executed ?? ''))
}

function unionOf(positions: readonly string[]): string {
  return formatGtidSet(uniteGtidSets(positions.map(parseGtidSet)))
}

function missingOf({ behind, ahead }: { readonly behind: string; readonly ahead: string }): GtidSet {
  return subtractGtidSets({ from: parseGtidSet(ahead), taken: parseGtidSet(behind) })
}

interface ReplicaStatusRow {
  readonly Source_Host: string
  readonly Source_Port: string | number
  readonly Replica_IO_Running: string
  readonly Replica_SQL_Running: string
  readonly Retrieved_Gtid_Set: string
  readonly Executed_Gtid_Set: string
  readonly Last_IO_Error: string
  readonly Last_SQL_Error: string
}
