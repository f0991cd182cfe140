import type { SqlConnection } from '../../clients/mysql/connection.js'
import { formatMinor } from '../../kit/money.js'
import { formatCount } from '../../kit/units.js'
import { subTableCount, subTableName } from '../../model/sub-tables.js'
import type { IntegrityOptions } from './check-integrity.js'
import { openingAccounts } from './table-sql.js'
import type { PopulationCheck } from './verdict.js'

/**
 * The opening vouchers: each is balanced, its lines are those that its head names, and the credits of an entity are the
 * sum of what its accounts held at the beginning, to the fen.
 */
export async function checkVouchers(
  connection: SqlConnection,
  { has, onQuery }: IntegrityOptions,
): Promise<PopulationCheck> {
  const violations: string[] = []
  let vouchers = 0
  if (has('acc.opening_voucher') && has('acc.opening_voucher_line')) {
    const found = await connection.query<VoucherRow>(vouchersSql)
    onQuery()
    vouchers = found.length
    violations.push(...found.flatMap(faultsOf))
    const credits = new Map<string, bigint>()
    for (const { entity, credit } of found)
      credits.set(entity, (credits.get(entity) ?? 0n) + BigInt(credit ?? 0))
    if (has('act.settlement_account')) {
      const balances = await openingBalances(connection, onQuery)
      violations.push(...disagreements(credits, balances))
    }
  }
  return {
    name: 'vouchers',
    valid: violations.length === 0,
    summary: `${formatCount(vouchers)} vouchers are balanced and equal the opening balances of every entity`,
    violations,
  }
}

interface VoucherRow {
  readonly entity: string
  readonly batch: number | string
  readonly total: number | string | null
  readonly debit: string | null
  readonly credit: string | null
}

/** Heads without lines and lines without heads too: then one side is NULL. */
const vouchersSql = `
  SELECT t.le_code AS entity, t.batch_no AS batch, MAX(t.total) AS total, SUM(t.debit) AS debit, SUM(t.credit) AS credit
    FROM (SELECT le_code, batch_no, amount AS total, NULL AS debit, NULL AS credit FROM acc.opening_voucher
          UNION ALL
          SELECT le_code, batch_no, NULL, IF(side = 'D', amount, 0), IF(side = 'C', amount, 0)
            FROM acc.opening_voucher_line) t
   GROUP BY t.le_code, t.batch_no ORDER BY t.le_code, t.batch_no`

function faultsOf({ entity, batch, total, debit, credit }: VoucherRow): string[] {
  const name = `voucher ${entity} ${batch}`
  if (total === null) return [`${name} has lines, but no head`]
  if (debit === null || credit === null) return [`${name} has no lines`]
  if (BigInt(debit) === BigInt(credit) && BigInt(debit) === BigInt(total)) return []
  return [
    `${name}: debit ${formatMinor(BigInt(debit))}, credit ${formatMinor(BigInt(credit))}, head ${formatMinor(BigInt(total))}`,
  ]
}

async function openingBalances(
  connection: SqlConnection,
  onQuery: () => void,
): Promise<ReadonlyMap<string, bigint>> {
  const balances = new Map<string, bigint>()
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    const rows = await connection.query<{ entity: string; balance: string }>(
      `SELECT le_code AS entity, SUM(balance) AS balance
         FROM ${openingAccounts(subTableName('act.settlement_account', subTable), subTable)} GROUP BY le_code`,
    )
    for (const { entity, balance } of rows)
      balances.set(entity, (balances.get(entity) ?? 0n) + BigInt(balance))
    onQuery()
  }
  return balances
}

function disagreements(
  credits: ReadonlyMap<string, bigint>,
  balances: ReadonlyMap<string, bigint>,
): string[] {
  const entities = [...new Set([...credits.keys(), ...balances.keys()])].toSorted()
  return entities
    .map((entity) => ({ entity, credit: credits.get(entity) ?? 0n, balance: balances.get(entity) ?? 0n }))
    .filter(({ credit, balance }) => credit !== balance)
    .map(
      ({ entity, credit, balance }) =>
        `${entity}: the vouchers credit ${formatMinor(credit)}, its accounts held ${formatMinor(balance)}`,
    )
}
