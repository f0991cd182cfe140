import type { DatabaseEngine } from '../../model/database-engine.js'
import { cachingSha2Hash, nativePasswordHash } from './password-hashes.js'

/** What differs between the engines when accounts are made. */
export interface AccountDialect {
  /** The clause that sets a password by its hash. */
  identifiedBy(password: string): string
  /** What changing roles needs, and not SUPER: the keeper cannot read or change a row of the business. */
  readonly keeperPrivileges: readonly string[]
  /** Reading the binlog as a replica does, and writing its events on a node that is still read-only. */
  readonly qlinkPrivileges: readonly string[]
}

export const accountDialects: Readonly<Record<DatabaseEngine, AccountDialect>> = Object.freeze({
  mariadb: {
    identifiedBy: (password) => `IDENTIFIED BY PASSWORD '${nativePasswordHash(password)}'`,
    keeperPrivileges: [
      'RELOAD', // RESET MASTER, FLUSH
      'PROCESS', // sees all sessions
      'CONNECTION ADMIN', // ends sessions
      'READ_ONLY ADMIN', // opens and closes writes
      'BINLOG ADMIN', // positions, purging
      'BINLOG MONITOR',
      'BINLOG REPLAY',
      'REPLICATION MASTER ADMIN', // semi-sync, source side
      'REPLICATION SLAVE ADMIN', // CHANGE MASTER, START and STOP, semi-sync, replica side
      'REPLICA MONITOR',
    ],
    qlinkPrivileges: [
      'REPLICATION SLAVE',
      'REPLICA MONITOR',
      'BINLOG MONITOR',
      'BINLOG REPLAY',
      'BINLOG ADMIN', // makes a table without a word in the binlog, to gather rows in
      'READ_ONLY ADMIN',
      'SET USER', // views, triggers and routines keep their definer
      'RELOAD', // FLUSH is logged
    ],
  },
  mysql: {
    identifiedBy: (password) => `IDENTIFIED WITH caching_sha2_password AS '${cachingSha2Hash(password)}'`,
    keeperPrivileges: [
      'RELOAD', // RESET BINARY LOGS, FLUSH
      'PROCESS', // sees all sessions
      'REPLICATION CLIENT', // SHOW REPLICA STATUS, SHOW BINARY LOGS
      'REPLICATION SLAVE', // SHOW REPLICAS
      'CONNECTION_ADMIN', // ends sessions, and with the next one opens and closes writes
      'SYSTEM_VARIABLES_ADMIN', // semi-sync, read-only, server_id
      'SERVICE_CONNECTION_ADMIN', // the control port
      'BINLOG_ADMIN', // purging
      'REPLICATION_SLAVE_ADMIN', // CHANGE REPLICATION SOURCE, START and STOP
    ],
    qlinkPrivileges: [
      'SERVICE_CONNECTION_ADMIN', // the control port: also when clients have used up all connections
      'REPLICATION SLAVE',
      'REPLICATION CLIENT',
      'REPLICATION_APPLIER', // BINLOG, GTID_NEXT
      'CONNECTION_ADMIN', // writes on a read-only node
      'SYSTEM_VARIABLES_ADMIN', // super_read_only, which stops even that
      'SET_ANY_DEFINER', // views, triggers and routines keep their definer
      'ALLOW_NONEXISTENT_DEFINER',
      'RELOAD', // FLUSH is logged
    ],
  },
})
