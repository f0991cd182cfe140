import { mysqlErrno, outcomeOf } from '../clients/mysql/outcome.js'
import { CorelabError } from '../kit/errors.js'

/**
 * What a data source does about an error:
 * `elsewhere` the node cannot take the work, which had no effect: send it again when and where the router says;
 * `again`     the transaction lost against another and was rolled back: run it again at once;
 * `final`     tell the caller: a business refusal, a mistake, or a write whose outcome is unknown.
 */
export type RetryClass = 'elsewhere' | 'again' | 'final'

export function retryClassOf(error: unknown): RetryClass {
  if (!(error instanceof CorelabError) || outcomeOf(error) === 'unknown') return 'final'
  if (error.code === 'DATABASE_UNREACHABLE') return 'elsewhere'
  if (error.code !== 'DATABASE_REFUSED') return 'final'
  const errno = mysqlErrno(error) ?? 0
  if (lostAgainstAnother.has(errno)) return 'again'
  return notMasterNow.has(errno) ? 'elsewhere' : 'final'
}

/**
 * Changed since it was read (MariaDB 11's snapshot isolation), lock wait time-out (only the statement is undone: the
 * whole transaction is rolled back by us) and deadlock.
 */
const lostAgainstAnother: ReadonlySet<number> = new Set([1020, 1205, 1213])

/** Read-only in its variants, shutting down, killed: signs of a node that is losing its role. */
const notMasterNow: ReadonlySet<number> = new Set([1053, 1290, 1317, 1792, 1836, 1927])
