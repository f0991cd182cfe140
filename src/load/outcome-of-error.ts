import { mysqlErrno, outcomeOf } from '../clients/mysql/outcome.js'
import { CorelabError, reasonOf } from '../kit/errors.js'
import { BusinessRefusal } from '../platform/business-refusal.js'
import type { OperationOutcome } from './operation-outcome.js'

/**
 * How an operation that threw ended. A refusal by the bank's rules and a refused statement are certainly not applied;
 * what is not one of our errors may have been applied, so it is unknown.
 */
export function outcomeOfError(error: unknown): OperationOutcome & { readonly kind: 'failed' | 'unknown' } {
  if (error instanceof BusinessRefusal)
    return { kind: 'failed', errorClass: `${error.code} ${error.retCode}` }
  const kind = outcomeOf(error) === 'not-applied' ? 'failed' : 'unknown'
  if (!(error instanceof CorelabError)) return { kind, errorClass: `BUG ${reasonOf(error)}` }
  const errno = mysqlErrno(error)
  return { kind, errorClass: errno === null ? error.code : `${error.code} ${errno}` }
}
