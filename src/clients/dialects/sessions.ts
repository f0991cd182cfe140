import { type SqlConnection, sqlLiteral } from '../mysql/connection.js'
import { mysqlErrno } from '../mysql/outcome.js'
import type { OpenTransactions, SessionFilter } from './dialect.js'

/**
 * From InnoDB's own list, which both engines have. It is refreshed at most every 100 ms, so a transaction that ended
 * just now may still be counted. Read-only ones are not: whoever only reads cannot lose a write.
 */
export async function openTransactions(
  connection: SqlConnection,
  filter: SessionFilter,
): Promise<OpenTransactions> {
  // InnoDB writes its times in the time zone of the system, whatever the server's is.
  const transactions = await connection.query<{ thread: string | number; ageMicros: string | number }>(
    'SELECT trx_mysql_thread_id AS thread, ' +
      "TIMESTAMPDIFF(MICROSECOND, trx_started, CONVERT_TZ(NOW(6), @@session.time_zone, 'SYSTEM')) AS ageMicros " +
      'FROM information_schema.INNODB_TRX WHERE trx_rows_modified > 0',
  )
  const sessions = new Set(await sessionIds(connection, filter))
  const ages = transactions
    .filter(({ thread }) => sessions.has(Number(thread)))
    .map(({ ageMicros }) => Number(ageMicros) / 1000)
  return { count: ages.length, oldestAgeMs: Math.max(0, ...ages) }
}

export async function endSessions(connection: SqlConnection, filter: SessionFilter): Promise<number> {
  let ended = 0
  for (const id of await sessionIds(connection, filter)) {
    try {
      await connection.query(`KILL ${sqlLiteral(id)}`)
      ended++
    } catch (error) {
      if (mysqlErrno(error) !== noSuchThread) throw error
    }
  }
  return ended
}

/** It ended by itself in between. */
const noSuchThread = 1094

/** The server's own threads, e.g. those that apply what a replica receives. */
const systemUsers: ReadonlySet<string> = new Set(['system user', 'event_scheduler'])

async function sessionIds(connection: SqlConnection, filter: SessionFilter): Promise<number[]> {
  const sessions = await connection.query<{ Id: string | number; User: string }>('SHOW PROCESSLIST')
  return sessions
    .filter(({ User }) => !systemUsers.has(User) && isMeant(User, filter))
    .map(({ Id }) => Number(Id))
    .filter((id) => id !== connection.threadId)
}

function isMeant(user: string, filter: SessionFilter): boolean {
  return 'users' in filter ? filter.users.includes(user) : !filter.exceptUsers.includes(user)
}
