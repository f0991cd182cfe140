import type { CustomerId } from '../../model/sub-tables.js'
import { accountsPerCustomerMax } from '../account-columns.js'
import { byteTable } from '../byte-table.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/** Most rows have about 60 bytes. */
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

const classesAndCurrency = byteTable(['', '1\tCNY\t', '2\tCNY\t', '3\tCNY\t'])
const active = byteTable(['\tA\t'])
const version = byteTable(['0\n'])

export class SettlementAccountRows implements TableRows {
  /** Sum of the opening balances. */
  amount = 0

  constructor(private readonly parts: PopulationParts) {}

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, accounts, dates, entityFields } = this.parts
    const cell = customers.birthCellOf(customers.birthSlotOf(row))
    const customerSince = customers.openedOnOf(customers.pastOf(row), cell >>> 1)
    const count = accounts.countOf(row)
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const accountClass = accounts.classOf(row, ordinal)
      const balance = accounts.openingBalanceOf(row, ordinal, accountClass)
      this.amount += balance
      writer.shortEntry(entityFields, entity)
      writer.ten(id)
      writer.digit(ordinal)
      writer.tab()
      writer.ten(id)
      writer.tab()
      writer.entry(classesAndCurrency, accountClass)
      writer.decimal(balance)
      writer.entry(active, 0)
      dates.writeIso(writer, accounts.openedOnOf(row, ordinal, customerSince))
      writer.entry(version, 0)
    }
    return count
  }
}
