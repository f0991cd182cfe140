import type { SqlConnection } from '../../clients/mysql/connection.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { PopulationSpec } from '../../population/population.js'

/** A sub-table that is loaded as a whole. */
export interface FinishedUnit {
  /** The table's name, e.g. `cif.customer_07`. */
  readonly unit: string
  readonly rows: number
  /** Sum of the amounts of its rows, minor units. */
  readonly amount: bigint
}

/** The finished sub-tables. Throws POPULATION_DIFFERS when they are those of another population. */
export async function finishedUnits(
  session: SqlConnection,
  { seed, customers }: PopulationSpec,
): Promise<FinishedUnit[]> {
  const rows = await session.query<UnitRow>(
    'SELECT unit, seed, customers, row_count, amount FROM corelab.load_unit ORDER BY unit',
  )
  const strange = rows.find((row) => row.seed !== seed || row.customers !== customers)
  if (strange)
    throw corelabError('POPULATION_DIFFERS', {
      message: `${strange.unit} was loaded for ${formatCount(strange.customers)} customers of seed ${strange.seed}`,
      fix: ['corelab users load --abandon'],
    })
  return rows.map((row) => ({ unit: row.unit, rows: Number(row.row_count), amount: BigInt(row.amount) }))
}

/** Inside the transaction that loads it: one is there if and only if the other is. */
export async function recordUnit(
  session: SqlConnection,
  { seed, customers }: PopulationSpec,
  { unit, rows, amount }: FinishedUnit,
): Promise<void> {
  await session.execute(
    'INSERT INTO corelab.load_unit (unit, seed, customers, row_count, amount) VALUES (?, ?, ?, ?, ?)',
    [unit, seed, customers, rows, amount],
  )
}

interface UnitRow {
  readonly unit: string
  readonly seed: number
  readonly customers: number
  readonly row_count: number | string
  readonly amount: number | string
}
