import { assert } from '../kit/assert.js'
import { type CustomerId, customerIdBase } from '../model/sub-tables.js'
import type { AccountColumns } from './account-columns.js'
import {
  type ChunkKeys,
  chunkKeys,
  customerIdOfKey,
  entityOfKey,
  type KeyOrder,
  type RowRange,
  rowOfKey,
} from './chunk-keys.js'
import type { CustomerColumns } from './customer-columns.js'
import type { PopulationSource } from './population.js'
import { type PopulationParts, populationParts } from './population-parts.js'
import type { PopulationTable, PopulationTableName, TableRows } from './tables/population-table.js'
import { tableRows } from './tables/table-rows.js'
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
  readonly #parts: PopulationParts
  readonly #rowsOf = new Map<PopulationTableName, TableRows>()

  constructor(source: PopulationSource) {
    this.#parts = populationParts(source)
  }

  get customers(): CustomerColumns {
    return this.#parts.customers
  }

  get accounts(): AccountColumns {
    return this.#parts.accounts
  }

  /** The customers of a range, ready to be written by sub-table into the tables of an order. */
  keysOf(range: RowRange, order: KeyOrder = 'customer'): ChunkKeys {
    return chunkKeys(this.#parts, range, order)
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
    const ofTable = this.#tableRows(table.name)
    ofTable.begin?.(keys.range)
    const amountBefore = ofTable.amount
    const from = keys.starts[subTable] as number
    const to = keys.starts[subTable + 1] as number
    const rows =
      table.order === 'customer'
        ? this.#writeCustomers(ofTable, table, keys.keys.subarray(from, to), writer, flush)
        : this.#writeOthers(ofTable, table, keys.keys.subarray(from, to), writer, flush)
    return { rows, amount: ofTable.amount - amountBefore }
  }

  #writeCustomers(
    ofTable: TableRows,
    { rowBytesMax }: PopulationTable,
    keys: Float64Array,
    writer: TsvWriter,
    flush: Flush,
  ): number {
    const { customers } = this.#parts
    let rows = 0
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as number
      const id = customerIdOfKey(key)
      if (writer.room < rowBytesMax) flush(writer)
      rows += ofTable.write(writer, customers.rowOf(id), id, entityOfKey(key))
    }
    return rows
  }

  #writeOthers(
    ofTable: TableRows,
    { order, rowBytesMax }: PopulationTable,
    keys: Float64Array,
    writer: TsvWriter,
    flush: Flush,
  ): number {
    const { customers } = this.#parts
    let rows = 0
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as number
      const row = rowOfKey(this.#parts, order, key)
      const id = order === 'batch' ? nobody : customers.idOf(row)
      if (writer.room < rowBytesMax) flush(writer)
      rows += ofTable.write(writer, row, id, entityOfKey(key))
    }
    return rows
  }

  #tableRows(name: PopulationTableName): TableRows {
    const known = this.#rowsOf.get(name)
    if (known) return known
    const made = tableRows(name, this.#parts)
    this.#rowsOf.set(name, made)
    return made
  }
}

/** Vouchers belong to no customer. */
const nobody = customerIdBase as CustomerId
