import { legalEntity, memberEntityCount } from '../../model/legal-entity.js'
import { accountNoOf, type CustomerId } from '../../model/sub-tables.js'
import { type AccountColumns, accountsPerCustomerMax } from '../account-columns.js'
import { byteTable } from '../byte-table.js'
import type { DateTexts } from '../calendar.js'
import type { CustomerColumns } from '../customer-columns.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/** Most rows have about 50 bytes. */
export const settlementAccountTable: PopulationTable = {
  name: 'act.settlement_account',
  fields: [
    'le_code',
    'account_no',
    'customer_id',
    'account_class',
    'currency',
    'balance',
    'status',
    'opened_on',
    'row_version',
  ],
  key: ['le_code', 'account_no'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: accountsPerCustomerMax * 100,
}

const active = 0x41

/** Writes rows of `act.settlement_account`. */
export class SettlementAccountRows implements TableRows {
  amount = 0
  readonly #entityCodes = byteTable(Array.from({ length: memberEntityCount + 1 }, (_, le) => legalEntity(le)))
  readonly #currency = byteTable(['CNY'])

  constructor(
    private readonly customers: CustomerColumns,
    private readonly accounts: AccountColumns,
    private readonly dates: DateTexts,
  ) {}

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const cell = this.customers.birthCellOf(this.customers.birthSlotOf(row))
    const customerSince = this.customers.openedOnOf(row, cell >>> 1)
    const count = this.accounts.countOf(row)
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const accountClass = this.accounts.classOf(row, ordinal)
      const balance = this.accounts.openingBalanceOf(row, ordinal, accountClass)
      this.amount += balance
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
    return count
  }

  #writeDate(writer: TsvWriter, day: number): void {
    writer.copy(this.dates.iso, day * 10, 10)
    writer.tab()
  }
}
