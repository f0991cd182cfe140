import { AccountColumns, accountsPerCustomerMax } from './account-columns.js'
import { AccountRows, accountRowBytesMax } from './account-rows.js'
import { dateTexts } from './calendar.js'
import { type ChunkKeys, chunkKeys, customerIdOfKey, entityOfKey, type RowRange } from './chunk-keys.js'
import { CustomerColumns } from './customer-columns.js'
import { CustomerRows, customerRowBytesMax } from './customer-rows.js'
import { chineseNames } from './names.js'
import type { PopulationSpec } from './population.js'
import type { TsvWriter } from './tsv-writer.js'

/** What happens when the writer has no room for another row: whoever gets the bytes must empty it. */
export type Flush = (writer: TsvWriter) => void

export interface WrittenAccounts {
  readonly rows: number
  /** Minor units; exact below 90 trillion yuan, far above what one call can sum up. */
  readonly balance: number
}

/**
 * The population as a function of row numbers: whichever rows, in whichever order, the bytes are the same. Building
 * one fills its tables; writing a row allocates nothing.
 */
export class PopulationGenerator {
  readonly customers: CustomerColumns
  readonly accounts: AccountColumns
  readonly #customerRows: CustomerRows
  readonly #accountRows: AccountRows

  constructor(spec: Pick<PopulationSpec, 'seed' | 'entities'>) {
    const dates = dateTexts()
    this.customers = new CustomerColumns(spec)
    this.accounts = new AccountColumns(spec.seed)
    this.#customerRows = new CustomerRows(spec.seed, this.customers, dates, chineseNames())
    this.#accountRows = new AccountRows(this.customers, this.accounts, dates)
  }

  /** The customers of a range, ready to be written by sub-table. */
  keysOf(range: RowRange): ChunkKeys {
    return chunkKeys(this.customers, range)
  }

  /** Writes the rows of `cif.customer_NN` and returns how many there are. */
  writeCustomers({ keys, starts }: ChunkKeys, subTable: number, writer: TsvWriter, flush: Flush): number {
    const from = starts[subTable] as number
    const to = starts[subTable + 1] as number
    for (let index = from; index < to; index++) {
      const key = keys[index] as number
      const id = customerIdOfKey(key)
      if (writer.room < customerRowBytesMax) flush(writer)
      this.#customerRows.write(writer, this.customers.rowOf(id), id, entityOfKey(key))
    }
    return to - from
  }

  /** Writes the rows of `act.settlement_account_NN`. */
  writeAccounts(
    { keys, starts }: ChunkKeys,
    subTable: number,
    writer: TsvWriter,
    flush: Flush,
  ): WrittenAccounts {
    const to = starts[subTable + 1] as number
    let rows = 0
    let balance = 0
    for (let index = starts[subTable] as number; index < to; index++) {
      const key = keys[index] as number
      const id = customerIdOfKey(key)
      const row = this.customers.rowOf(id)
      if (writer.room < accountsPerCustomerMax * accountRowBytesMax) flush(writer)
      balance += this.#accountRows.writeAll(writer, row, id, entityOfKey(key))
      rows += this.accounts.countOf(row)
    }
    return { rows, balance }
  }
}
