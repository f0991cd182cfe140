import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import { verdictOf } from './verdict.js'

/** What one former master had beyond the history that went on without it. */
export interface ExtrasFact {
  readonly node: string
  readonly transactions: number
  /** Of the rows in them: told OK to a client, and missing in the history. */
  readonly acknowledgedAndGone: number
  /** Why its binlog could not be read; null when it was. */
  readonly unread: string | null
}

/**
 * Nothing that an old master had alone was ever told OK. `unknown` when a binlog could not be read, or when there had
 * to be a tail and there was none.
 */
export function checkOldMasterExtras(
  extras: readonly ExtrasFact[],
  expected: { readonly tail: boolean },
): CheckVerdict {
  const transactions = extras.reduce((sum, each) => sum + each.transactions, 0)
  const gone = extras.reduce((sum, each) => sum + each.acknowledgedAndGone, 0)
  const unread = extras.filter((each) => each.unread !== null)
  return verdictOf({
    name: "old masters' extras",
    violations:
      gone === 0
        ? []
        : [`${formatCount(gone)} writes that only an old master has had been told OK to a client`],
    vacuous: [
      ...unread.map((each) => `the binlog of ${each.node} could not be read: ${each.unread}`),
      ...(expected.tail && transactions === 0 ? ['no old master had a transaction of its own'] : []),
    ],
    holds: `${extras.length === 1 ? '1 old master' : `${extras.length} old masters`} had ${formatCount(transactions)} transactions that the history lacks; none had been told OK`,
    details: {
      oldMasters: extras.length,
      transactions,
      acknowledgedAndGone: gone,
      unread: unread.length,
    },
  })
}
