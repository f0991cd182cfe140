import type { CustomerId } from '../../model/sub-tables.js'
import { rowOfAccount } from '../account-columns.js'
import { activityOf } from '../activity.js'
import { byteTable } from '../byte-table.js'
import { never } from '../calendar.js'
import { Field } from '../field.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/**
 * What an account consists of on the opening day: money on demand (kind `D`, ordinal 0), and in some accounts of
 * class I one or two term deposits (`T`). Together they are the account's opening balance, to the fen.
 */
export const ledgerSubAccountTable: PopulationTable = {
  name: 'act.ledger_sub_account',
  fields: [
    'le_code',
    'account_no',
    'ordinal',
    'kind',
    'opening_balance',
    'opened_on',
    'matures_on',
    'entries_30d',
  ],
  key: ['le_code', 'account_no', 'ordinal'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: 5 * 80,
}

const onDemand = byteTable(['\t0\tD\t'])
const onTerm = byteTable(['', '\t1\tT\t', '\t2\tT\t'])
const noEntries = byteTable(['0\n'])

export class LedgerSubAccountRows implements TableRows {
  /** Sum of the opening balances: that of the settlement accounts. */
  amount = 0
  readonly #activity: Field

  constructor(private readonly parts: PopulationParts) {
    this.#activity = new Field(parts.source.seed, 'ledger_sub_account', 'activity')
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, accounts, terms, dates, entityFields } = this.parts
    const cell = customers.birthCellOf(customers.birthSlotOf(row))
    const customerSince = customers.openedOnOf(customers.pastOf(row), cell >>> 1)
    const count = accounts.countOf(row)
    const draw = terms.drawOf(row)
    let rows = count
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const accountClass = accounts.classOf(row, ordinal)
      const balance = accounts.openingBalanceOf(row, ordinal, accountClass)
      const openedOn = accounts.openedOnOf(row, ordinal, customerSince)
      const deposits = terms.countOf(draw, accountClass, balance)
      let demand = balance
      for (let deposit = 1; deposit <= deposits; deposit++) demand -= terms.amountOf(draw, deposit, balance)
      this.amount += balance
      writer.shortEntry(entityFields, entity)
      writer.ten(id)
      writer.digit(ordinal)
      writer.entry(onDemand, 0)
      writer.decimal(demand)
      writer.tab()
      dates.writeIso(writer, openedOn)
      dates.writeIso(writer, never)
      writer.decimal(activityOf(this.#activity.uint32(rowOfAccount(row, ordinal))))
      writer.tab()
      writer.endRow()
      for (let deposit = 1; deposit <= deposits; deposit++) {
        const startedOn = terms.startedOnOf(draw, deposit, openedOn)
        writer.shortEntry(entityFields, entity)
        writer.ten(id)
        writer.digit(ordinal)
        writer.entry(onTerm, deposit)
        writer.decimal(terms.amountOf(draw, deposit, balance))
        writer.tab()
        dates.writeIso(writer, startedOn)
        dates.writeIso(writer, startedOn + terms.daysOf(draw, deposit))
        writer.entry(noEntries, 0)
      }
      rows += deposits
    }
    return rows
  }
}
