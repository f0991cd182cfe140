import type { SqlConnection } from '../../clients/mysql/connection.js'
import { formatMinor } from '../../kit/money.js'
import { formatCount } from '../../kit/units.js'
import { subTableCount, subTableName } from '../../model/sub-tables.js'
import type { IntegrityOptions } from './integrity-options.js'
import { accountsOfPopulation, openingAccounts } from './table-sql.js'
import type { PopulationCheck } from './verdict.js'

/**
 * The opening vouchers: each is balanced, its lines are those that its head names, and the credits of an entity are the
 * sum of what its accounts held at the beginning, to the fen; so is the sum of their sub-accounts.
 */
export async function checkVouchers(
  connection: SqlConnection,
  { has, onQuery }: IntegrityOptions,
): Promise<PopulationCheck> {
  const violations: string[] = []
  let vouchers = 0
  if (neededTables.every(has)) {
    const found = await connection.query<VoucherRow>(vouchersSql)
    onQuery()
    vouchers = found.length
    violations.push(...found.flatMap(faultsOf))
    const credits = new Map<string, bigint>()
    for (const { entity, credit } of found)
      credits.set(entity, (credits.get(entity) ?? 0n) + BigInt(credit ?? 0))
    const accounts = await openingBalances(connection, accountSumsSql, onQuery)
    const pockets = await openingBalances(connection, pocketSumsSql, onQuery)
    violations.push(
      ...disagreements(credits, accounts, ['the vouchers credit', 'its accounts held']),
      ...disagreements(pockets, accounts, ['its sub-accounts held', 'its accounts held']),
    )
  }
  return {
    name: 'vouchers',
    valid: violations.length === 0,
    summary: `${formatCount(vouchers)} vouchers are balanced and equal the opening balances of every entity`,
    violations,
  }
}

const neededTables = [
  'acc.opening_voucher',
  'acc.opening_voucher_line',
  'act.settlement_account',
  'act.ledger_sub_account',
] as const

interface VoucherRow {
  readonly entity: string
  readonly batch: number | string
  readonly debitTotal: number | string | null
  readonly creditTotal: number | string | null
  readonly debit: string | null
  readonly credit: string | null
}

/** Heads without lines and lines without heads too: then one side is NULL. */
const vouchersSql = `
  SELECT t.le_code AS entity, t.batch_no AS batch, MAX(t.debit_total) AS debitTotal, MAX(t.credit_total) AS creditTotal,
         SUM(t.debit) AS debit, SUM(t.credit) AS credit
    FROM (SELECT le_code, batch_no, debit_total, credit_total, NULL AS debit, NULL AS credit FROM acc.opening_voucher
          UNION ALL
          SELECT le_code, batch_no, NULL, NULL, IF(direction = 'D', amount, 0), IF(direction = 'C', amount, 0)
            FROM acc.opening_voucher_line) t
   GROUP BY t.le_code, t.batch_no ORDER BY t.le_code, t.batch_no`

function faultsOf({ entity, batch, debitTotal, creditTotal, debit, credit }: VoucherRow): string[] {
  const name = `voucher ${entity} ${batch}`
  if (debitTotal === null || creditTotal === null) return [`${name} has lines, but no head`]
  if (debit === null || credit === null) return [`${name} has no lines`]
  const amounts = [debit, credit, debitTotal, creditTotal].map(BigInt)
  if (amounts.every((amount) => amount === amounts[0])) return []
  const [debits, creditsOfLines, head, headCredits] = amounts.map(formatMinor)
  return [`${name}: lines debit ${debits} credit ${creditsOfLines}, head debit ${head} credit ${headCredits}`]
}

const accountSumsSql = (subTable: number) =>
  `SELECT le_code AS entity, SUM(balance) AS balance
     FROM ${openingAccounts(subTableName('act.settlement_account', subTable), subTable)} GROUP BY le_code`

const pocketSumsSql = (subTable: number) =>
  `SELECT le_code AS entity, SUM(opening_balance) AS balance
     FROM ${subTableName('act.ledger_sub_account', subTable)} WHERE ${accountsOfPopulation} GROUP BY le_code`

async function openingBalances(
  connection: SqlConnection,
  sqlOf: (subTable: number) => string,
  onQuery: () => void,
): Promise<ReadonlyMap<string, bigint>> {
  const balances = new Map<string, bigint>()
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    const rows = await connection.query<{ entity: string; balance: string }>(sqlOf(subTable))
    for (const { entity, balance } of rows)
      balances.set(entity, (balances.get(entity) ?? 0n) + BigInt(balance))
    onQuery()
  }
  return balances
}

function disagreements(
  left: ReadonlyMap<string, bigint>,
  right: ReadonlyMap<string, bigint>,
  [leftWords, rightWords]: readonly [string, string],
): string[] {
  const entities = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return entities
    .map((entity) => ({ entity, of: [left.get(entity) ?? 0n, right.get(entity) ?? 0n] as const }))
    .filter(({ of: [one, other] }) => one !== other)
    .map(
      ({ entity, of: [one, other] }) =>
        `${entity}: ${leftWords} ${formatMinor(one)}, ${rightWords} ${formatMinor(other)}`,
    )
}
