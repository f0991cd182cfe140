import type { DatabaseEngine } from '../../model/database-engine.js'
import { sqlLiteral } from '../mysql/connection.js'

export interface DumpSession {
  readonly engine: DatabaseEngine
  /** MySQL's identity of a reader; MariaDB goes by the server id. */
  readonly uuid: string
  readonly from: string
  readonly semiSync: boolean
  readonly heartbeatMs: number
}

/**
 * The session variables by which a reader tells the server what it wants, in the order in which replicas set them. The
 * semi-sync request comes between the registration and the dump.
 */
export function dumpSessionStatements(session: DumpSession): {
  readonly beforeRegistration: readonly string[]
  readonly beforeDump: readonly string[]
} {
  const heartbeatNanos = sqlLiteral(BigInt(session.heartbeatMs) * 1_000_000n)
  if (session.engine === 'mariadb')
    return {
      beforeRegistration: [
        'SET @master_binlog_checksum = @@global.binlog_checksum',
        `SET @master_heartbeat_period = ${heartbeatNanos}`,
        // Knows GTID events; the server would rewrite them for older readers.
        'SET @mariadb_slave_capability = 4',
        `SET @slave_connect_state = ${sqlLiteral(session.from)}`,
        'SET @slave_gtid_strict_mode = 1',
        'SET @slave_gtid_ignore_duplicates = 0',
      ],
      beforeDump: session.semiSync ? ['SET @rpl_semi_sync_slave = 1'] : [],
    }
  const uuid = sqlLiteral(session.uuid)
  return {
    // Both spellings: servers up to 8.0.25 know one, later ones the other.
    beforeRegistration: [
      'SET @source_binlog_checksum = @@global.binlog_checksum, @master_binlog_checksum = @@global.binlog_checksum',
      `SET @master_heartbeat_period = ${heartbeatNanos}, @source_heartbeat_period = ${heartbeatNanos}`,
      `SET @slave_uuid = ${uuid}, @replica_uuid = ${uuid}`,
    ],
    beforeDump: session.semiSync ? ['SET @rpl_semi_sync_replica = 1, @rpl_semi_sync_slave = 1'] : [],
  }
}
