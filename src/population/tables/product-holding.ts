import type { CustomerId } from '../../model/sub-tables.js'
import { byteTable } from '../byte-table.js'
import { today } from '../calendar.js'
import { Field } from '../field.js'
import type { PopulationParts } from '../population-parts.js'
import { depositTerms } from '../term-columns.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/** The agreements behind the term deposits of {@link ledgerSubAccountTable}: one row for each, with its amount. */
export const depositHoldingTable: PopulationTable = {
  name: 'lia.product_holding',
  fields: ['le_code', 'customer_id', 'ordinal', 'product_code', 'amount', 'started_on', 'ends_on', 'status'],
  key: ['le_code', 'customer_id', 'ordinal'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: 2 * 80,
}

/** Wealth management products of one customer in eight. Their money is with the issuer, on no account. */
export const wealthHoldingTable: PopulationTable = { ...depositHoldingTable, name: 'wlt.product_holding' }

const endings = byteTable(['A\n'])

export class DepositHoldingRows implements TableRows {
  amount = 0
  /** By ordinal and term. */
  readonly #codes = byteTable(
    [0, 1].flatMap((ordinal) => depositTerms.map(({ code }) => `\t${ordinal}\t${code}\t`)),
  )

  constructor(private readonly parts: PopulationParts) {}

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, accounts, terms, dates, entityFields } = this.parts
    const accountClass = accounts.classOf(row, 0)
    const balance = accounts.openingBalanceOf(row, 0, accountClass)
    const draw = terms.drawOf(row)
    const deposits = terms.countOf(draw, accountClass, balance)
    if (deposits === 0) return 0
    const cell = customers.birthCellOf(customers.birthSlotOf(row))
    const openedOn = customers.openedOnOf(customers.pastOf(row), cell >>> 1)
    for (let deposit = 1; deposit <= deposits; deposit++) {
      const amount = terms.amountOf(draw, deposit, balance)
      const startedOn = terms.startedOnOf(draw, deposit, openedOn)
      this.amount += amount
      writer.shortEntry(entityFields, entity)
      writer.ten(id)
      writer.entry(this.#codes, (deposit - 1) * depositTerms.length + terms.termOf(draw, deposit))
      writer.decimal(amount)
      writer.tab()
      dates.writeIso(writer, startedOn)
      dates.writeIso(writer, startedOn + terms.daysOf(draw, deposit))
      writer.entry(endings, 0)
    }
    return deposits
  }
}

/** Amounts are a multiple of `unitFen`, from `unitsMin` to `unitsMax` times; drawn alike. */
const products = [
  { code: 'WD07', days: 7, unitFen: 100_000, unitsMin: 1, unitsMax: 100 },
  { code: 'WD90', days: 90, unitFen: 1_000_000, unitsMin: 1, unitsMax: 50 },
  { code: 'WY01', days: 365, unitFen: 1_000_000, unitsMin: 1, unitsMax: 100 },
  { code: 'WY03', days: 1096, unitFen: 1_000_000, unitsMin: 5, unitsMax: 100 },
] as const

/** Of 4,096 customers, how many have one, and how many of those two. */
const holders = 512
const holdersOfTwo = 90

export class WealthHoldingRows implements TableRows {
  amount = 0
  readonly #held: Field
  readonly #amount: Field
  /** By ordinal and product. */
  readonly #codes = byteTable(
    [0, 1].flatMap((ordinal) => products.map(({ code }) => `\t${ordinal}\t${code}\t`)),
  )

  constructor(private readonly parts: PopulationParts) {
    this.#held = new Field(parts.source.seed, 'wealth_holding', 'held')
    this.#amount = new Field(parts.source.seed, 'wealth_holding', 'amount')
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, dates, entityFields } = this.parts
    const draw = this.#held.uint32(row)
    if ((draw & 0xfff) >= holders) return 0
    const holdings = (draw & 0xfff) < holdersOfTwo ? 2 : 1
    const cell = customers.birthCellOf(customers.birthSlotOf(row))
    const since = customers.openedOnOf(customers.pastOf(row), cell >>> 1)
    for (let ordinal = 0; ordinal < holdings; ordinal++) {
      const which = (draw >>> (12 + 2 * ordinal)) & 3
      const { days, unitFen, unitsMin, unitsMax } = products[which as 0 | 1 | 2 | 3]
      const share = (this.#amount.uint32(row) >>> (16 * ordinal)) & 0xffff
      // Squared: small amounts are frequent.
      const units = unitsMin + Math.floor(((unitsMax - unitsMin + 1) * share * share) / 0x1_0000_0000)
      const startedOn = Math.max(since, today - 1 - ((draw >>> 16) % days))
      this.amount += units * unitFen
      writer.shortEntry(entityFields, entity)
      writer.ten(id)
      writer.entry(this.#codes, ordinal * products.length + which)
      writer.decimal(units * unitFen)
      writer.tab()
      dates.writeIso(writer, startedOn)
      dates.writeIso(writer, startedOn + days)
      writer.entry(endings, 0)
    }
    return holdings
  }
}
