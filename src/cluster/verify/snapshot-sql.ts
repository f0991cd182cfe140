import type { SqlConnection } from '../../clients/mysql/connection.js'
import { sqlLiteral } from '../../clients/mysql/connection.js'
import { assert, present } from '../../kit/assert.js'
import type { DatabaseEngine } from '../../model/database-engine.js'

/** How an engine shows its data at one position, while service goes on. */
export interface SnapshotSql {
  /**
   * Opens a transaction on `reader` that sees the node as it is now, and says at which position that is. `control` is
   * another session of the same node.
   */
  open(sessions: { readonly reader: SqlConnection; readonly control: SqlConnection }): Promise<string>
  stop(control: SqlConnection): Promise<void>
  /** Applies up to exactly this position, then stops by itself. Replication must be stopped. */
  applyUntil(control: SqlConnection, position: string): Promise<void>
}

export function snapshotSqlOf(engine: DatabaseEngine): SnapshotSql {
  return engine === 'mariadb' ? mariadb : mysql
}

/**
 * MariaDB keeps binlog and engines in one order of commits: the server itself says where in the binlog a consistent
 * snapshot is, and nothing has to be locked. A commit that waits for its acknowledgement is not in it.
 */
const mariadb: SnapshotSql = {
  async open({ reader }) {
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT')
    const rows = await reader.query<{ Variable_name: string; Value: string }>(
      "SHOW STATUS LIKE 'Binlog_snapshot_%'",
    )
    const value = (name: string) => rows.find((row) => row.Variable_name === `Binlog_snapshot_${name}`)?.Value
    const file = present(value('file'), 'binlog file of the snapshot')
    const offset = present(value('position'), 'binlog position of the snapshot')
    const [row] = await reader.query<{ position: string | null }>(
      `SELECT BINLOG_GTID_POS(${sqlLiteral(file)}, ${Number(offset)}) AS position`,
    )
    return present(row?.position, `GTID of ${file} ${offset}`)
  },

  async stop(control) {
    await control.query('STOP SLAVE')
  },

  async applyUntil(control, position) {
    // It cannot be prepared, and takes both threads.
    await control.query(`START SLAVE UNTIL master_gtid_pos = ${sqlLiteral(position)}`)
  },
}

/** MySQL has to be asked for its position while nobody commits: for the moment between two statements. */
const mysql: SnapshotSql = {
  async open({ reader, control }) {
    assert(reader !== control, 'a session that holds the lock cannot be read by')
    await control.query(`SET SESSION lock_wait_timeout = ${lockLimitSeconds}`)
    await control.query('FLUSH TABLES WITH READ LOCK')
    try {
      await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT')
      const [row] = await control.query<{ position: string }>('SELECT @@global.gtid_executed AS position')
      return (row?.position ?? '').replaceAll('\n', '')
    } finally {
      await control.query('UNLOCK TABLES')
    }
  },

  async stop(control) {
    await control.query('STOP REPLICA SQL_THREAD')
  },

  async applyUntil(control, position) {
    await control.query(`START REPLICA SQL_THREAD UNTIL SQL_AFTER_GTIDS = ${sqlLiteral(position)}`)
  },
}

/** Behind a long statement, all that come later would wait with us. */
const lockLimitSeconds = 2
