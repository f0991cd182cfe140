import { legalEntity, memberEntityCount } from '../model/legal-entity.js'
import { accountNoOf, type CustomerId } from '../model/sub-tables.js'
import type { AccountColumns } from './account-columns.js'
import { byteTable } from './byte-table.js'
import type { DateTexts } from './calendar.js'
import type { CustomerColumns } from './customer-columns.js'
import type { TsvWriter } from './tsv-writer.js'

/** The columns of `act.settlement_account`, in the order in which rows are written. */
export const accountFields = [
  'le_code',
  'account_no',
  'customer_id',
  'account_class',
  'currency',
  'balance',
  'status',
  'opened_on',
  'row_version',
] as const

/** No row is longer; most have about 50 bytes. */
export const accountRowBytesMax = 100

const active = 0x41

/** Writes rows of `act.settlement_account`. */
export class AccountRows {
  readonly #entityCodes = byteTable(Array.from({ length: memberEntityCount + 1 }, (_, le) => legalEntity(le)))
  readonly #currency = byteTable(['CNY'])

  constructor(
    private readonly customers: CustomerColumns,
    private readonly accounts: AccountColumns,
    private readonly dates: DateTexts,
  ) {}

  /**
   * Appends the rows of all accounts of one customer and returns the sum of their balances in minor units. The
   * writer has room for `accountsPerCustomerMax` rows.
   */
  writeAll(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const cell = this.customers.birthCellOf(this.customers.birthSlotOf(row))
    const customerSince = this.customers.openedOnOf(row, cell >>> 1)
    const count = this.accounts.countOf(row)
    let total = 0
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const accountClass = this.accounts.classOf(row, ordinal)
      const balance = this.accounts.openingBalanceOf(row, ordinal, accountClass)
      total += balance
      writer.entry(this.#entityCodes, entity)
      writer.tab()
      writer.decimal(accountNoOf(id, ordinal))
      writer.tab()
      writer.decimal(id)
      writer.tab()
      writer.digit(accountClass)
      writer.tab()
      writer.entry(this.#currency, 0)
      writer.tab()
      writer.decimal(balance)
      writer.tab()
      writer.byte(active)
      writer.tab()
      this.#writeDate(writer, this.accounts.openedOnOf(row, ordinal, customerSince))
      writer.digit(0)
      writer.tab()
      writer.endRow()
    }
    return total
  }

  #writeDate(writer: TsvWriter, day: number): void {
    writer.copy(this.dates.iso, day * 10, 10)
    writer.tab()
  }
}
