import { PopulationGenerator } from './generator.js'
import type { PopulationSource } from './population.js'
import type { PopulationTable, PopulationTableName } from './tables/population-table.js'
import { populationTables } from './tables/population-tables.js'
import { TsvWriter } from './tsv-writer.js'

/** One row as its columns, all as text. */
export type RowText = Readonly<Record<string, string>>

export interface DescribedRow {
  readonly row: number
  /** The customer's rows in every table that has one row or more per customer. */
  readonly tables: ReadonlyMap<PopulationTableName, readonly RowText[]>
}

/** Recomputes one customer in all tables, without any database and without the rows before it. */
export function describeRow(source: PopulationSource, row: number): DescribedRow {
  return rowDescriber(source)(row)
}

/** The same for many customers: the dictionaries are made once. */
export function rowDescriber(source: PopulationSource): (row: number) => DescribedRow {
  const generator = new PopulationGenerator(source)
  const ofCustomers = populationTables.filter(({ order }) => order !== 'batch')
  return (row) => ({
    row,
    tables: new Map(ofCustomers.map((table) => [table.name, rowsOf(generator, table, row)])),
  })
}

function rowsOf(generator: PopulationGenerator, table: PopulationTable, row: number): RowText[] {
  const keys = generator.keysOf({ first: row, count: 1 }, table.order)
  const writer = new TsvWriter(table.rowBytesMax)
  for (let subTable = 0; subTable < table.subTables; subTable++) {
    generator.write(table, keys, subTable, writer, () => undefined)
  }
  const lines = writer.written().toString('utf8').split('\n').slice(0, -1)
  return lines.map((line) => {
    const values = line.split('\t')
    return Object.fromEntries(table.fields.map((field, index) => [field, values[index] ?? '']))
  })
}
