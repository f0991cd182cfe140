import { type SqlConnection, sqlLiteral } from '../mysql/connection.js'
import type { Dialect, ReplicaStatus, ReplicationSource, SemiSyncSourceStatus } from './dialect.js'
import { extraOfState, formatGtidPosition, gtidDistance, parseGtidPosition } from './mariadb-gtid.js'
import { endSessions, openTransactions } from './sessions.js'

/** MariaDB 10.11 and later. Statements as in its manual, chapter "Standard Replication" and "GTID". */
export const mariadbDialect: Dialect = Object.freeze({
  engine: 'mariadb',

  truncatesUnacknowledgedTail(serverVersion: string): boolean {
    const [major = 0, minor = 0, patch = 0] = serverVersion.split(/[.-]/).map(Number)
    const since = truncatingSince.find((each) => each.major === major && each.minor === minor)
    return since ? patch >= since.patch : major > 11 || (major === 11 && minor > 5)
  },

  async replicaStatus(connection: SqlConnection): Promise<ReplicaStatus | null> {
    const [row] = await connection.query<SlaveStatusRow>('SHOW SLAVE STATUS')
    if (!row) return null
    const errors = [row.Last_IO_Error, row.Last_SQL_Error].filter((text) => text !== '')
    return {
      sourceHost: row.Master_Host,
      sourcePort: Number(row.Master_Port),
      receiving: row.Slave_IO_Running === 'Yes',
      applying: row.Slave_SQL_Running === 'Yes',
      receivedPosition: row.Gtid_IO_Pos,
      lastError: errors.length > 0 ? errors.join('; ') : null,
    }
  },

  async replicateFrom(connection: SqlConnection, source: ReplicationSource): Promise<void> {
    await connection.query('STOP SLAVE')
    // slave_pos, never current_pos: that would pull in what was written locally (GTID pitfalls).
    // Cannot be prepared, so its values are quoted here.
    await connection.query(
      `CHANGE MASTER TO MASTER_HOST = ${sqlLiteral(source.host)}, MASTER_PORT = ${sqlLiteral(source.port)}, ` +
        `MASTER_USER = ${sqlLiteral(source.user)}, MASTER_PASSWORD = ${sqlLiteral(source.password)}, ` +
        'MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 0.5',
    )
    await connection.query('START SLAVE')
  },

  async startReplica(connection: SqlConnection): Promise<void> {
    await connection.query('START SLAVE')
  },

  async restartReceiving(connection: SqlConnection): Promise<void> {
    await connection.query('STOP SLAVE IO_THREAD')
    await connection.query('START SLAVE')
  },

  async stopReceiving(connection: SqlConnection): Promise<void> {
    await connection.query('STOP SLAVE IO_THREAD')
  },

  async forgetSource(connection: SqlConnection): Promise<void> {
    await connection.query('STOP SLAVE')
    await connection.query('RESET SLAVE ALL')
  },

  async rotateBinlog(connection: SqlConnection): Promise<void> {
    await connection.query('FLUSH LOCAL BINARY LOGS')
  },

  async position(connection: SqlConnection): Promise<string> {
    // Not gtid_current_pos: it leaves out what was replayed into the binlog with another server's number.
    const [row] = await connection.query<{ applied: string; written: string }>(
      'SELECT @@gtid_slave_pos AS applied, @@gtid_binlog_pos AS written',
    )
    return unionOf(row ? [row.applied, row.written] : [])
  },

  async writtenPosition(connection: SqlConnection): Promise<string> {
    const [row] = await connection.query<{ position: string }>('SELECT @@gtid_binlog_pos AS position')
    return row?.position ?? ''
  },

  async history(connection: SqlConnection): Promise<string> {
    const [row] = await connection.query<{ state: string }>('SELECT @@gtid_binlog_state AS state')
    return row?.state ?? ''
  },

  async adoptPosition(connection: SqlConnection, position: string): Promise<void> {
    // Only replication moves it forward: neither a master's own writes nor a replay do.
    await connection.query(`SET GLOBAL gtid_slave_pos = ${sqlLiteral(position)}`)
  },

  async waitForPosition(connection: SqlConnection, position: string, timeoutMs: number): Promise<boolean> {
    if (position === '') return true
    const [row] = await connection.query<{ outcome: number }>('SELECT MASTER_GTID_WAIT(?, ?) AS outcome', [
      position,
      timeoutMs / 1000,
    ])
    return Number(row?.outcome) === 0
  },

  async setReadOnly(connection: SqlConnection, readOnly: boolean): Promise<void> {
    await connection.query(`SET GLOBAL read_only = ${readOnly ? 'ON' : 'OFF'}`)
  },

  async allowReplay(): Promise<void> {
    // READ_ONLY ADMIN is enough.
  },

  async setServerId(connection: SqlConnection, serverId: number): Promise<void> {
    await connection.query(`SET GLOBAL server_id = ${sqlLiteral(serverId)}`)
  },

  async setSemiSyncSource(connection: SqlConnection, enabled: boolean): Promise<void> {
    await connection.query(`SET GLOBAL rpl_semi_sync_master_enabled = ${enabled ? 'ON' : 'OFF'}`)
  },

  async openWrites(connection: SqlConnection): Promise<void> {
    await connection.query('SET GLOBAL rpl_semi_sync_master_enabled = ON, GLOBAL read_only = OFF')
  },

  async endAuthority(connection: SqlConnection): Promise<void> {
    await connection.query('SET GLOBAL read_only = ON, GLOBAL rpl_semi_sync_master_enabled = OFF')
  },

  async setSemiSyncReplica(connection: SqlConnection, enabled: boolean): Promise<void> {
    await connection.query(`SET GLOBAL rpl_semi_sync_slave_enabled = ${enabled ? 'ON' : 'OFF'}`)
  },

  async acknowledges(connection: SqlConnection): Promise<boolean> {
    const [row] = await connection.query<{ Value: string }>(
      "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_slave_status'",
    )
    return row?.Value === 'ON'
  },

  async semiSyncSource(connection: SqlConnection): Promise<SemiSyncSourceStatus> {
    const rows = await connection.query<{ Variable_name: string; Value: string }>(
      "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_%'",
    )
    const value = (name: string) =>
      rows.find((row) => row.Variable_name === `Rpl_semi_sync_master_${name}`)?.Value
    return {
      enabled: value('status') === 'ON',
      clients: Number(value('clients') ?? 0),
      waiting: Number(value('wait_sessions') ?? 0),
      unacknowledged: Number(value('no_tx') ?? 0),
    }
  },

  openTransactions,
  endSessions,

  transactionsBetween: gtidDistance,
  unionOf,

  includes({ position, gtid }: { readonly position: string; readonly gtid: string }): boolean {
    return gtidDistance({ behind: position, ahead: gtid }) === 0
  },

  wasWritten({ history, gtid }: { readonly history: string; readonly gtid: string }): boolean {
    return extraOfState({ replica: gtid, source: history }).length === 0
  },

  lastGtidsOf(position: string): readonly string[] {
    return formatGtidPosition(parseGtidPosition(position))
      .split(',')
      .filter((gtid) => gtid !== '')
  },

  extraGtids: extraOfState,
})

/** MDEV-33465, by release series; the series after these have it from their beginning. */
const truncatingSince = [
  { major: 10, minor: 6, patch: 19 },
  { major: 10, minor: 11, patch: 9 },
  { major: 11, minor: 4, patch: 3 },
]

function unionOf(positions: readonly string[]): string {
  return formatGtidPosition(parseGtidPosition(positions.join(',')))
}

interface SlaveStatusRow {
  readonly Master_Host: string
  readonly Master_Port: string | number
  readonly Slave_IO_Running: string
  readonly Slave_SQL_Running: string
  readonly Gtid_IO_Pos: string
  readonly Last_IO_Error: string
  readonly Last_SQL_Error: string
}
