import type { CustomerId } from '../../model/sub-tables.js'
import { byteTable } from '../byte-table.js'
import { today } from '../calendar.js'
import type { RowRange } from '../chunk-keys.js'
import type { OpeningSums } from '../opening-sums.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/**
 * One voucher per entity and batch of 100,000 customers books the opening balances of their accounts: debit
 * settlement with the clearing centre, credit deposits by class of account. A batch that the population fills only in
 * part is booked as far as it goes; when the population grows, that voucher is replaced.
 */
export const openingVoucherTable: PopulationTable = {
  name: 'acc.opening_voucher',
  fields: [
    'le_code',
    'batch_no',
    'booked_on',
    'currency',
    'accounts',
    'debit_total',
    'credit_total',
    'status',
  ],
  key: ['le_code', 'batch_no'],
  order: 'batch',
  subTables: 1,
  rowBytesMax: 128,
}

export const openingVoucherLineTable: PopulationTable = {
  name: 'acc.opening_voucher_line',
  fields: ['le_code', 'batch_no', 'line_no', 'direction', 'gl_account', 'accounts', 'amount'],
  key: ['le_code', 'batch_no', 'line_no'],
  order: 'batch',
  subTables: 1,
  rowBytesMax: 4 * 80,
}

/** Ledger accounts: settlement with the clearing centre, and deposits of persons by class of account (1 to 3). */
export const clearingLedgerAccount = '3011'
export const depositLedgerAccounts = { 1: '2111', 2: '2112', 3: '2113' } as const

const classes = [1, 2, 3] as const
const currency = byteTable(['CNY\t'])
const posted = byteTable(['\tP\n'])
const debit = byteTable([`\t1\tD\t${clearingLedgerAccount}\t`])
const credits = byteTable(classes.map((each) => `\t${each + 1}\tC\t${depositLedgerAccounts[each]}\t`))

/** What one entity's accounts of a class opened with in a batch, or those of all classes. */
interface Booked {
  readonly accounts: number
  readonly amount: number
}

/** Both tables' rows begin with how much is booked in all. An entity without accounts in the batch has no voucher. */
abstract class RowsOfVoucher implements TableRows {
  amount = 0
  #end = 0

  constructor(
    protected readonly parts: PopulationParts,
    private readonly sums: OpeningSums,
  ) {}

  begin({ first, count }: RowRange): void {
    this.#end = first + count
  }

  write(writer: TsvWriter, batch: number, _: CustomerId, entity: number): number {
    let accounts = 0
    let amount = 0
    for (const each of classes) {
      const ofClass = this.of(batch, entity, each)
      accounts += ofClass.accounts
      amount += ofClass.amount
    }
    if (accounts === 0) return 0
    this.amount += amount
    return this.writeBooked(writer, { batch, entity, accounts, amount })
  }

  /** Writes the rows of a voucher and returns how many they are. */
  protected abstract writeBooked(writer: TsvWriter, voucher: Voucher): number

  protected of(batch: number, entity: number, accountClass: number): Booked {
    return this.sums.of(batch, this.#end, entity, accountClass)
  }
}

export class OpeningVoucherRows extends RowsOfVoucher {
  protected writeBooked(writer: TsvWriter, { batch, entity, accounts, amount }: Voucher): number {
    writer.shortEntry(this.parts.entityFields, entity)
    writer.decimal(batch)
    writer.tab()
    this.parts.dates.writeIso(writer, today - 1)
    writer.entry(currency, 0)
    writer.decimal(accounts)
    writer.tab()
    writer.decimal(amount)
    writer.tab()
    writer.decimal(amount)
    writer.entry(posted, 0)
    return 1
  }
}

export class OpeningVoucherLineRows extends RowsOfVoucher {
  protected writeBooked(writer: TsvWriter, voucher: Voucher): number {
    const { batch, entity } = voucher
    this.#writeLine(writer, { ...voucher, accountClass: 0 })
    for (const accountClass of classes)
      this.#writeLine(writer, { batch, entity, ...this.of(batch, entity, accountClass), accountClass })
    return 1 + classes.length
  }

  #writeLine(writer: TsvWriter, { batch, entity, accounts, amount, accountClass }: Line): void {
    writer.shortEntry(this.parts.entityFields, entity)
    writer.decimal(batch)
    if (accountClass === 0) writer.entry(debit, 0)
    else writer.entry(credits, accountClass - 1)
    writer.decimal(accounts)
    writer.tab()
    writer.decimal(amount)
    writer.tab()
    writer.endRow()
  }
}

interface Voucher extends Booked {
  readonly batch: number
  readonly entity: number
}

interface Line extends Voucher {
  /** 0: the debit line. */
  readonly accountClass: number
}
