import type { ErrorCode } from '../../kit/error-catalogue.js'
import { CorelabError, corelabError, reasonOf } from '../../kit/errors.js'

/**
 * What is known about a write that ended in an error. `not-applied` is a promise: nothing of it is in the
 * database and nothing will be. Everything that cannot be promised is `unknown`.
 */
export type WriteOutcome = 'not-applied' | 'unknown'

/** The outcome of a write whose error is `error`; whatever is not ours counts as `unknown`. */
export function outcomeOf(error: unknown): WriteOutcome {
  return error instanceof CorelabError && notAppliedCodes.has(error.code) ? 'not-applied' : 'unknown'
}

/** The server's own error number (1062, 1213...), looked for down the chain of causes; null when there is none. */
export function mysqlErrno(error: unknown): number | null {
  for (let each = error; each instanceof Error; each = each.cause) {
    const errno = 'errno' in each ? each.errno : null
    // Negative numbers are the operating system's (ECONNREFUSED and friends).
    if (typeof errno === 'number' && errno >= 1000) return errno
  }
  return null
}

/** Where a statement stood when it failed: decides what its failure means. */
export interface StatementPhase {
  /** `commit` = a COMMIT, or a writing statement outside a transaction, which commits itself. */
  readonly kind: 'commit' | 'open-transaction' | 'read'
  /** Whether any byte of it may have reached the server. */
  readonly sent: boolean
}

export interface FailedStatement {
  /** Who was asked, e.g. `pay_app@127.0.0.1:25011`. */
  readonly target: string
  readonly sql: string
  readonly phase: StatementPhase
  readonly cause: unknown
}

/** The server answered with an error. */
export function statementRefused(failed: FailedStatement): CorelabError {
  const errno = mysqlErrno(failed.cause)
  const unknown = failed.phase.kind === 'commit' && !(errno !== null && isCertainlyRolledBack(failed, errno))
  return corelabError(unknown ? 'WRITE_OUTCOME_UNKNOWN' : 'DATABASE_REFUSED', {
    message: `${failed.target}: ${reasonOf(failed.cause)}${errno === null ? '' : ` (error ${errno})`}`,
    detail: `statement: ${withoutLiterals(failed.sql)}`,
    cause: failed.cause,
  })
}

/** The connection went away, or no answer came within the limit. */
export function statementCut(failed: FailedStatement): CorelabError {
  const unknown = failed.phase.kind === 'commit' && failed.phase.sent
  return corelabError(unknown ? 'WRITE_OUTCOME_UNKNOWN' : 'DATABASE_UNREACHABLE', {
    message: unknown
      ? `${failed.target}: the connection broke before the commit was answered (${reasonOf(failed.cause)})`
      : `${failed.target} does not answer: ${reasonOf(failed.cause)}`,
    detail: `statement: ${withoutLiterals(failed.sql)}`,
    fix: ['corelab status'],
    cause: failed.cause,
  })
}

/** Raised before anything that could change data was sent, or inside a transaction that is undone. */
const notAppliedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DATABASE_REFUSED',
  'DATABASE_UNREACHABLE',
  'NO_MASTER',
  'CANCELLED',
  'BUSINESS_REFUSED',
])

/**
 * Errors with which a server refuses to commit: deadlock, read-only in its variants, lost optimistic check; MySQL: a
 * replication plugin said no before the commit began (3100, 3101), after which the server rolls back.
 */
const rolledBackAtCommit: ReadonlySet<number> = new Set([1020, 1213, 1290, 1792, 1836, 3100, 3101])

/**
 * Errors that may follow a commit which is already durable: a killed statement or connection, a shutdown, or a
 * time-out, while the session waited for the semi-sync acknowledgement; or a proxy that lost its server (2006, 2013).
 */
const ambiguousAfterWrite: ReadonlySet<number> = new Set([
  1053, 1160, 1161, 1180, 1317, 1927, 1969, 2006, 2013, 3024,
])

function isCertainlyRolledBack(failed: FailedStatement, errno: number): boolean {
  const isCommit = /^\s*commit\b/i.test(failed.sql)
  return isCommit ? rolledBackAtCommit.has(errno) : !ambiguousAfterWrite.has(errno)
}

const shownSqlLength = 300

/** Literals can be passwords or personal data: they never reach a log. */
function withoutLiterals(sql: string): string {
  const bare = sql
    .replace(/'(?:[^'\\]|\\.|'')*'/gs, "'...'")
    .replace(/\s+/g, ' ')
    .trim()
  return bare.length > shownSqlLength ? `${bare.slice(0, shownSqlLength)}...` : bare
}
