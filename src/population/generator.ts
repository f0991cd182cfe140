import { assert } from '../kit/assert.js'
import { AccountColumns } from './account-columns.js'
import { dateTexts } from './calendar.js'
import {
  type ChunkKeys,
  customerIdOfKey,
  customerKeys,
  entityOfKey,
  type KeyOrder,
  type RowRange,
} from './chunk-keys.js'
import { CustomerColumns } from './customer-columns.js'
import { chineseNames } from './names.js'
import type { PopulationSource } from './population.js'
import { CustomerRows } from './tables/customer.js'
import type { PopulationTable, PopulationTableName, TableRows } from './tables/population-table.js'
import { SettlementAccountRows } from './tables/settlement-account.js'
import type { TsvWriter } from './tsv-writer.js'

/** What happens when the writer has no room for another row: whoever gets the bytes must empty it. */
export type Flush = (writer: TsvWriter) => void

export interface WrittenRows {
  readonly rows: number
  /**
   * Sum of the amounts of these rows (opening balances, principals, totals of vouchers) in minor units, 0 in tables
   * without money; exact below 90 trillion yuan, far above what one call can sum up.
   */
  readonly amount: number
}

/**
 * The population as a function of row numbers: whichever rows, in whichever order, the bytes are the same. Building
 * one fills its tables; writing a row allocates nothing.
 */
export class PopulationGenerator {
  readonly customers: CustomerColumns
  readonly accounts: AccountColumns
  readonly #rowsOf = new Map<PopulationTableName, TableRows>()

  constructor(source: PopulationSource) {
    const dates = dateTexts()
    this.customers = new CustomerColumns(source)
    this.accounts = new AccountColumns(source.seed)
    this.#rowsOf.set('cif.customer', new CustomerRows(source.seed, this.customers, dates, chineseNames()))
    this.#rowsOf.set(
      'act.settlement_account',
      new SettlementAccountRows(this.customers, this.accounts, dates),
    )
  }

  /** The customers of a range, ready to be written by sub-table into the tables of an order. */
  keysOf(range: RowRange, order: KeyOrder = 'customer'): ChunkKeys {
    assert(order === 'customer', `no keys by ${order}`)
    return customerKeys(this.customers, range)
  }

  /**
   * Writes the rows of one sub-table of `table` in the order of its primary key, and calls `flush` whenever the next
   * customer's rows might not fit. What is in the writer at the end is left there.
   */
  write(
    table: PopulationTable,
    keys: ChunkKeys,
    subTable: number,
    writer: TsvWriter,
    flush: Flush,
  ): WrittenRows {
    assert(keys.order === table.order, `${table.name} is not written from keys by ${keys.order}`)
    const tableRows = this.#rowsOf.get(table.name)
    assert(tableRows !== undefined, `no rows of ${table.name}`)
    const amountBefore = tableRows.amount
    const to = keys.starts[subTable + 1] as number
    let rows = 0
    for (let index = keys.starts[subTable] as number; index < to; index++) {
      const key = keys.keys[index] as number
      const id = customerIdOfKey(key)
      if (writer.room < table.rowBytesMax) flush(writer)
      rows += tableRows.write(writer, this.customers.rowOf(id), id, entityOfKey(key))
    }
    return { rows, amount: tableRows.amount - amountBefore }
  }
}
