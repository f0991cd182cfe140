import { type SqlConnection, sqlLiteral } from '../mysql/connection.js'
import { mysqlErrno } from '../mysql/outcome.js'
import type { OpenTransactions, SessionFilter } from './dialect.js'

/**
 * From InnoDB's status monitor, and not from `information_schema.INNODB_TRX`: that is a copy which is made anew only
 * when nobody has read it for 100 ms, so whoever polls it faster sees the same forever. Transactions that only read are
 * left out: they can lose nothing.
 */
export async function openTransactions(
  connection: SqlConnection,
  filter: SessionFilter,
): Promise<OpenTransactions> {
  const [monitor] = await connection.query<{ Status: string }>('SHOW ENGINE INNODB STATUS')
  const writers = writingTransactions(monitor?.Status ?? '')
  const sessions = new Set(await sessionIds(connection, filter))
  const ages = writers.filter(({ threadId }) => sessions.has(threadId)).map(({ ageMs }) => ageMs)
  return { count: ages.length, oldestAgeMs: Math.max(0, ...ages) }
}

/** The transactions with undo log entries in the monitor's text, by the id of their session. */
export function writingTransactions(monitor: string): { threadId: number; ageMs: number }[] {
  return monitor
    .split(/^---TRANSACTION /m)
    .slice(1)
    .flatMap((text) => {
      const threadId = /^(?:MySQL|MariaDB) thread id (\d+),/m.exec(text)?.[1]
      const ageSeconds = /^\S+, ACTIVE (?:\(PREPARED\) )?(\d+) sec/.exec(text)?.[1]
      if (threadId === undefined || ageSeconds === undefined || !/undo log entries \d/.test(text)) return []
      return [{ threadId: Number(threadId), ageMs: Number(ageSeconds) * 1000 }]
    })
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
