import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { formatCount } from '../../kit/units.js'
import { PartProgress } from '../files/part-progress.js'
import type { PopulationSpec } from '../population.js'
import { digestCells, EntityDigests, type RowDigest } from '../row-digest.js'
import type { PopulationTable, PopulationTableName } from '../tables/population-table.js'
import { populationTables } from '../tables/population-tables.js'
import { partsInOrder } from '../threads/in-order.js'
import { digestJobs } from '../threads/jobs.js'
import type { TablePart } from '../threads/part-maker.js'
import { openRunners } from '../threads/runner.js'

/** What the generator says must be in the database. */
export interface ExpectedPopulation {
  digestOf(table: PopulationTable, subTable: number, entity: number): RowDigest
  rowsOf(table: PopulationTable): number
  /** Minor units. */
  amountOf(table: PopulationTable): bigint
}

const step = 'population.expected'

/** Generates all rows on all threads and keeps only their digests. Throws CANCELLED and BUG. */
export function expectedPopulation(
  spec: PopulationSpec,
  workers: number,
  context: Context,
): Promise<ExpectedPopulation> {
  const title = `Generate ${formatCount(spec.customers)} customers to compare with`
  return asStep(context.emit, { step, title }, context.clock, async () => {
    const jobs = digestJobs(spec.customers)
    const progress = new PartProgress({ step, parts: jobs.length }, context)
    const sums = new Map(populationTables.map((table) => [table.name, new TableSum(table)]))
    const runners = openRunners(spec, Math.min(workers, jobs.length))
    try {
      await partsInOrder(jobs, runners, {
        signal: context.signal,
        take: async ({ tables }) => {
          for (const part of tables) sums.get(part.table)?.add(part)
          progress.add({ rows: tables.reduce((sum, { rows }) => sum + rows, 0), bytes: 0 })
        },
      })
    } finally {
      await Promise.all(runners.map((runner) => runner.end()))
    }
    return asExpected(sums)
  })
}

/** What was made of one sub-table while it was loaded. */
export interface MadeUnit {
  readonly table: PopulationTable
  readonly subTable: number
  readonly rows: number
  /** Minor units. */
  readonly amount: number
  /** `EntityDigests.cells`. */
  readonly digests: Float64Array
}

/** The same from what was made already, without generating it again; null when a sub-table is missing. */
export function expectedOfUnits(units: readonly MadeUnit[]): ExpectedPopulation | null {
  const made = new Map(units.map((unit) => [`${unit.table.name} ${unit.subTable}`, unit]))
  if (made.size < populationTables.reduce((sum, { subTables }) => sum + subTables, 0)) return null
  const sums = new Map(populationTables.map((table) => [table.name, new TableSum(table)]))
  for (const { table, subTable, ...unit } of made.values()) sums.get(table.name)?.addUnit(subTable, unit)
  return asExpected(sums)
}

class TableSum {
  readonly digests: readonly EntityDigests[]
  rows = 0
  amount = 0n

  constructor({ subTables }: PopulationTable) {
    this.digests = Array.from({ length: subTables }, () => new EntityDigests())
  }

  add({ rows, amount, digests }: TablePart): void {
    this.rows += rows
    this.amount += BigInt(amount)
    this.digests.forEach((sum, subTable) => {
      sum.addCells(digests.subarray(subTable * digestCells, (subTable + 1) * digestCells))
    })
  }

  addUnit(subTable: number, { rows, amount, digests }: Pick<MadeUnit, 'rows' | 'amount' | 'digests'>): void {
    this.rows += rows
    this.amount += BigInt(amount)
    this.digests[subTable]?.addCells(digests)
  }
}

function asExpected(sums: ReadonlyMap<PopulationTableName, TableSum>): ExpectedPopulation {
  const of = (table: PopulationTable) => present(sums.get(table.name), `digests of ${table.name}`)
  return {
    digestOf: (table, subTable, entity) =>
      present(of(table).digests[subTable], `digests of sub-table ${subTable}`).of(entity),
    rowsOf: (table) => of(table).rows,
    amountOf: (table) => of(table).amount,
  }
}
