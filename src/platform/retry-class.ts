import { mysqlErrno, outcomeOf } from '../clients/mysql/outcome.js'
import { CorelabError } from '../kit/errors.js'

/**
 * What an error of a piece of work means for who sent it.
 *
 * Safe to send again, because it certainly had no effect:
 * - `elsewhere` the node cannot take it: connection refused, reset or lost (2013) before a commit was sent, no free
 *   connection (1040), read-only (1290, 1836), shutting down (1053). Sent again when and where the router says;
 * - `again`     it lost against another and was rolled back: deadlock (1213), lock wait (1205). Run again at once.
 *
 * Never sent again by the router:
 * - `unknown`   a commit was sent, and its answer was not heard: it may or may not be in the database. Whoever sent it
 *   looks its idempotency key up on the master, with a locking read, before anything else;
 * - `final`     anything else: a refusal of the bank, a mistake in the statement, a bug.
 */
export type RetryClass = 'elsewhere' | 'again' | 'unknown' | 'final'

export function retryClassOf(error: unknown): RetryClass {
  if (!(error instanceof CorelabError)) return 'final'
  if (error.code === 'WRITE_OUTCOME_UNKNOWN') return 'unknown'
  if (outcomeOf(error) === 'unknown') return 'final'
  if (error.code === 'DATABASE_UNREACHABLE') return 'elsewhere'
  if (error.code !== 'DATABASE_REFUSED') return 'final'
  const errno = mysqlErrno(error) ?? 0
  if (lostAgainstAnother.has(errno)) return 'again'
  return cannotTakeIt.has(errno) ? 'elsewhere' : 'final'
}

const lostAgainstAnother: ReadonlySet<number> = new Set([
  1020, // the row has changed since it was read (snapshot isolation)
  1205, // lock wait time-out: only the statement is undone, so we roll back the whole transaction
  1213, // deadlock
  3101, // MySQL: rolled back by a replication plugin, as the loser of a conflict
])

/** Signs of a node that is losing its role, leaving, or is not yet in it. */
const cannotTakeIt: ReadonlySet<number> = new Set([
  1053, // the server shuts down
  1184, // a master that was started again and is not open yet
  1290, // read-only, by an option
  1317, // the statement was interrupted: on our nodes only a change of roles does that
  1792, // read-only transaction
  1836, // read-only mode
  1927, // the connection was killed
  2006, // a proxy in between lost the server
  2013, // the same, in the middle of a statement
  3032, // MySQL: offline mode
  3100, // MySQL: a replication plugin refused the transaction
])
