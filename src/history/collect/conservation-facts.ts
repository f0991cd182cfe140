import type { SqlConnection } from '../../clients/mysql/connection.js'
import { type AccountNo, subTableCount, subTableName } from '../../model/sub-tables.js'
import type { ConservationFacts, UsedAccount } from '../checkers/conservation.js'
import { inSnapshot } from './snapshot.js'

export interface ConservationQuestion {
  readonly connection: SqlConnection
  readonly node: string
  /** Sum of the opening balances, from whoever loaded them; minor units. */
  readonly loadedTotal: bigint
  /** Opening balance of an account; 0 for one that was opened later. */
  readonly openingOf: (accountNo: AccountNo) => bigint
}

/** Reads balances and entries of all accounts in one snapshot. Memory grows with the number of used accounts. */
export async function collectConservation(question: ConservationQuestion): Promise<ConservationFacts> {
  const { connection, node, loadedTotal } = question
  const used: UsedAccount[] = []
  let currentTotal = 0n
  let negativeAccounts = 0
  await inSnapshot(connection, async () => {
    for (let subTable = 0; subTable < subTableCount; subTable++) {
      const [totals] = await connection.query<TotalsRow>(totalsSql(subTable))
      currentTotal += BigInt(totals?.total ?? 0)
      negativeAccounts += Number(totals?.negative ?? 0)
      const rows = await connection.query<UsedRow>(usedSql(subTable))
      used.push(...rows.map((row) => usedAccount(row, question.openingOf)))
    }
  })
  return { node, loadedTotal, currentTotal, negativeAccounts, used }
}

interface TotalsRow {
  readonly total: string
  readonly negative: string
}

function totalsSql(subTable: number): string {
  return `SELECT COALESCE(SUM(balance), 0) AS total, COALESCE(SUM(balance < 0), 0) AS negative
            FROM ${subTableName('act.settlement_account', subTable)}`
}

/** An entry whose account is gone must be seen too, hence the outer join. */
function usedSql(subTable: number): string {
  return `SELECT e.le_code AS le, e.account_no AS accountNo, e.moved, e.entries,
                 COALESCE(a.balance, 0) AS balance, COALESCE(a.row_version, -1) AS rowVersion
            FROM (SELECT le_code, account_no, SUM(amount) AS moved, COUNT(*) AS entries
                    FROM ${subTableName('act.account_entry', subTable)}
                   GROUP BY le_code, account_no) e
            LEFT JOIN ${subTableName('act.settlement_account', subTable)} a
              ON a.le_code = e.le_code AND a.account_no = e.account_no`
}

interface UsedRow {
  readonly le: string
  readonly accountNo: AccountNo
  readonly moved: string
  readonly entries: number
  readonly balance: number | string
  readonly rowVersion: number
}

function usedAccount(row: UsedRow, openingOf: (accountNo: AccountNo) => bigint): UsedAccount {
  return {
    le: row.le,
    accountNo: row.accountNo,
    opening: openingOf(row.accountNo),
    balance: BigInt(row.balance),
    moved: BigInt(row.moved),
    entries: Number(row.entries),
    rowVersion: Number(row.rowVersion),
  }
}
