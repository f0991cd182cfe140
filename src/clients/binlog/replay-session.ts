import type { DatabaseEngine } from '../../model/database-engine.js'
import { type SqlConnection, sqlLiteral } from '../mysql/connection.js'
import type { TransactionBounds } from './transaction-bounds.js'

/** What the engines need said differently so that a client's session writes transactions with their original GTIDs. */
export interface ReplaySession {
  /** Once, at the beginning. */
  readonly setUp: readonly string[]
  /** Before each transaction. */
  nameTransaction(bounds: TransactionBounds): string
  /** At the end, so that the session is an ordinary one again. */
  readonly tearDown: readonly string[]
  /** Whether BINLOG takes two halves from user variables. */
  readonly fragments: boolean
}

export function replaySessionOf(engine: DatabaseEngine): ReplaySession {
  return engine === 'mariadb' ? mariadb : mysql
}

/** max_allowed_packet of the session. */
export async function packetBytesMaxOf(connection: SqlConnection): Promise<number> {
  const [row] = await connection.query<{ bytes: number }>('SELECT @@session.max_allowed_packet AS bytes')
  return Number(row?.bytes ?? 0)
}

const mariadb: ReplaySession = Object.freeze({
  setUp: [
    // A prepared XA transaction is let go of, so that the session can go on.
    'SET @@session.pseudo_slave_mode = ON',
  ],
  nameTransaction: ({ domain, server, sequence, beginSeconds }: TransactionBounds) =>
    `SET @@session.gtid_domain_id = ${domain}, @@session.server_id = ${server}, ` +
    `@@session.gtid_seq_no = ${sequence}, @@session.timestamp = ${beginSeconds}`,
  tearDown: [],
  fragments: true,
})

const mysql: ReplaySession = Object.freeze({
  setUp: ['SET @@session.pseudo_replica_mode = ON'],
  nameTransaction: ({ gtid, beginSeconds }: TransactionBounds) =>
    `SET @@session.gtid_next = ${sqlLiteral(gtid)}, @@session.timestamp = ${beginSeconds}`,
  tearDown: ["SET @@session.gtid_next = 'AUTOMATIC'"],
  fragments: false,
})
