import { formatMinor } from '../../kit/money.js'
import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { AccountNo } from '../../model/sub-tables.js'
import { verdictOf, violationOf } from './verdict.js'

/** One account that has entries. Amounts in minor units. */
export interface UsedAccount {
  readonly le: string
  readonly accountNo: AccountNo
  /** What it was loaded or opened with. */
  readonly opening: bigint
  readonly balance: bigint
  /** Signed sum of its entries. */
  readonly moved: bigint
  readonly entries: number
  readonly rowVersion: number
}

export interface ConservationFacts {
  readonly node: string
  /** Sum of all opening balances, as loaded. */
  readonly loadedTotal: bigint
  /** Sum of all balances now. */
  readonly currentTotal: bigint
  readonly negativeAccounts: number
  readonly used: readonly UsedAccount[]
}

/**
 * Money is neither made nor lost: the balances add up to what was loaded, each used account holds its opening balance
 * plus its entries, entries add up to zero and are numbered without gaps, and no balance is negative. `unknown` when
 * no money moved.
 */
export function checkConservation(facts: ConservationFacts): CheckVerdict {
  const { node, loadedTotal, currentTotal, negativeAccounts, used } = facts
  const difference = currentTotal - loadedTotal
  const moved = used.reduce((sum, account) => sum + account.moved, 0n)
  const turnover = used.reduce((sum, account) => sum + account.entries, 0)
  const violations = [
    ...(difference === 0n
      ? []
      : [`the balances on ${node} differ from what was loaded by ${formatMinor(difference)}`]),
    ...(moved === 0n ? [] : [`the entries on ${node} add up to ${formatMinor(moved)} instead of 0`]),
    ...violationOf(
      `accounts on ${node} do not hold their opening balance plus their entries`,
      namesOf(used, (account) => account.balance !== account.opening + account.moved),
    ),
    ...violationOf(
      `accounts on ${node} have a missing or doubled entry`,
      namesOf(used, (account) => account.entries !== account.rowVersion),
    ),
    ...(negativeAccounts === 0 ? [] : [`${formatCount(negativeAccounts)} accounts on ${node} are negative`]),
  ]
  return verdictOf({
    name: 'conservation of money',
    violations,
    vacuous: used.length === 0 ? [`no account on ${node} has an entry, so no money moved`] : [],
    holds: `${formatMinor(currentTotal)} on ${node}, to the cent what was loaded; ${formatCount(used.length)} used accounts agree with their ${formatCount(turnover)} entries`,
    details: {
      node,
      loadedTotal: loadedTotal.toString(),
      currentTotal: currentTotal.toString(),
      difference: difference.toString(),
      accountsUsed: used.length,
      entries: turnover,
      negativeAccounts,
    },
  })
}

function namesOf(accounts: readonly UsedAccount[], matches: (account: UsedAccount) => boolean): string[] {
  return accounts.filter(matches).map(({ le, accountNo }) => `${le} ${accountNo}`)
}
