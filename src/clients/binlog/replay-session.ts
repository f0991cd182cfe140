import { corelabError } from '../../kit/errors.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import { type SqlConnection, sqlLiteral } from '../mysql/connection.js'
import type { TransactionBounds } from './transaction-bounds.js'

/** What the engines need said differently so that a client's session writes transactions with their original GTIDs. */
export interface ReplaySession {
  /** Once, at the beginning. */
  readonly setUp: readonly string[]
  /** Before each transaction. */
  nameTransaction(bounds: TransactionBounds): string
  /** Between transactions: no name is meant for what comes. Before a format description, and at the end. */
  readonly unname: readonly string[]
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

/**
 * One replay at a time: a session that was cut off keeps the lock until the server has ended it, with the commit that it may
 * still be in. Throws DATABASE_REFUSED when another one goes on.
 */
export async function lockReplay(connection: SqlConnection): Promise<void> {
  const [row] = await connection.query<{ locked: number | null }>(
    `SELECT GET_LOCK(${lockName}, ${lockLimitSeconds}) AS locked`,
  )
  if (Number(row?.locked) !== 1)
    throw corelabError('DATABASE_REFUSED', {
      message: 'another replay goes on there',
      fix: ['corelab status'],
    })
}

export async function unlockReplay(connection: SqlConnection): Promise<void> {
  await connection.query(`SELECT RELEASE_LOCK(${lockName})`)
}

const lockName = "'corelab_replay'"
/** Longer than the server needs to roll a large transaction back. */
const lockLimitSeconds = 30

const mariadb: ReplaySession = Object.freeze({
  setUp: [
    // A prepared XA transaction is let go of, so that the session can go on.
    'SET @@session.pseudo_slave_mode = ON',
  ],
  nameTransaction: ({ domain, server, sequence, beginSeconds }: TransactionBounds) =>
    `SET @@session.gtid_domain_id = ${domain}, @@session.server_id = ${server}, ` +
    `@@session.gtid_seq_no = ${sequence}, @@session.timestamp = ${beginSeconds}`,
  unname: [],
  fragments: true,
})

const mysql: ReplaySession = Object.freeze({
  setUp: ['SET @@session.pseudo_replica_mode = ON'],
  nameTransaction: ({ gtid, beginSeconds }: TransactionBounds) =>
    `SET @@session.gtid_next = ${sqlLiteral(gtid)}, @@session.timestamp = ${beginSeconds}`,
  unname: ["SET @@session.gtid_next = 'AUTOMATIC'"],
  fragments: false,
})
