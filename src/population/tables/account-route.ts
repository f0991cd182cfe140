import type { CustomerId } from '../../model/sub-tables.js'
import { accountsPerCustomerMax } from '../account-columns.js'
import { writeCardNo } from '../card-numbers.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/** From an account to its customer and its card; accounts of classes II and III have none (an empty text). */
export const accountRouteTable: PopulationTable = {
  name: 'cif.route_account',
  fields: ['le_code', 'account_no', 'customer_id', 'card_no'],
  key: ['le_code', 'account_no'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: accountsPerCustomerMax * 56,
}

const newline = 0x0a

export class AccountRouteRows implements TableRows {
  readonly amount = 0

  constructor(private readonly parts: PopulationParts) {}

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { accounts, entityFields, source } = this.parts
    const count = accounts.countOf(row)
    for (let ordinal = 0; ordinal < count; ordinal++) {
      writer.shortEntry(entityFields, entity)
      writer.ten(id)
      writer.digit(ordinal)
      writer.tab()
      writer.ten(id)
      writer.tab()
      if (accounts.classOf(row, ordinal) === 1) writeCardNo(writer, { id, entity, identity: source.identity })
      writer.byte(newline)
    }
    return count
  }
}
