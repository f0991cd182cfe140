import { subTableCount } from '../model/sub-tables.js'
import { accountsPerCustomerMax } from './account-columns.js'
import { accountFields, accountRowBytesMax } from './account-rows.js'
import { customerFields, customerRowBytesMax } from './customer-rows.js'
import { PopulationGenerator } from './generator.js'
import type { PopulationSpec } from './population.js'
import { TsvWriter } from './tsv-writer.js'

/** One row as its columns, all as text. */
export type RowText = Readonly<Record<string, string>>

export interface DescribedRow {
  readonly row: number
  readonly customer: RowText
  readonly accounts: readonly RowText[]
}

/** Recomputes one customer with the accounts, without any database and without the rows before it. */
export function describeRow(spec: Pick<PopulationSpec, 'seed' | 'entities'>, row: number): DescribedRow {
  const generator = new PopulationGenerator(spec)
  const keys = generator.keysOf({ first: row, count: 1 })
  const writer = new TsvWriter(customerRowBytesMax + accountsPerCustomerMax * accountRowBytesMax)
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    generator.writeCustomers(keys, subTable, writer, () => undefined)
  }
  const [customer] = rowsOf(writer, customerFields)
  writer.clear()
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    generator.writeAccounts(keys, subTable, writer, () => undefined)
  }
  return { row, customer: customer ?? {}, accounts: rowsOf(writer, accountFields) }
}

function rowsOf(writer: TsvWriter, fields: readonly string[]): RowText[] {
  const lines = writer.written().toString('utf8').split('\n').slice(0, -1)
  return lines.map((line) => {
    const values = line.split('\t')
    return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? '']))
  })
}
