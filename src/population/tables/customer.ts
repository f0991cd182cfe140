import { legalEntity, memberEntityCount } from '../../model/legal-entity.js'
import type { CustomerId } from '../../model/sub-tables.js'
import { Addresses } from '../addresses.js'
import { byteTable } from '../byte-table.js'
import type { DateTexts } from '../calendar.js'
import type { CustomerColumns } from '../customer-columns.js'
import { counties } from '../entities.js'
import { Field } from '../field.js'
import type { NameDictionary } from '../names.js'
import { writeResidentId } from '../resident-id.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/** Most rows have about 160 bytes. */
export const customerTable: PopulationTable = {
  name: 'cif.customer',
  fields: [
    'le_code',
    'customer_id',
    'name',
    'sex',
    'birth_date',
    'identity_no',
    'mobile',
    'county_code',
    'address',
    'opened_on',
    'status',
    'row_version',
  ],
  key: ['le_code', 'customer_id'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: 400,
}

/** Mobile prefixes that no operator was given (as of 2022): 10^8 numbers each. */
export const safeMobilePrefixes = [142, 143, 154, 161, 164, 194] as const

const active = 0x41
const sexes = Buffer.from('MF', 'latin1')
const numbersPerPrefix = 100_000_000

/** Writes rows of `cif.customer`. */
export class CustomerRows implements TableRows {
  readonly amount = 0
  readonly #entityCodes = byteTable(Array.from({ length: memberEntityCount + 1 }, (_, le) => legalEntity(le)))
  readonly #countyCodes = byteTable(counties.map(({ code }) => code))
  readonly #addresses: Addresses
  readonly #surname: Field
  readonly #givenName: Field

  constructor(
    seed: number,
    private readonly columns: CustomerColumns,
    private readonly dates: DateTexts,
    private readonly names: NameDictionary,
  ) {
    this.#addresses = new Addresses(seed)
    this.#surname = new Field(seed, 'customer', 'surname')
    this.#givenName = new Field(seed, 'customer', 'given_name')
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const slot = this.columns.birthSlotOf(row)
    const cell = this.columns.birthCellOf(slot)
    const county = this.columns.countyOf(row, entity)
    writer.entry(this.#entityCodes, entity)
    writer.tab()
    writer.decimal(id)
    writer.tab()
    this.#writeName(writer, row, cell & 1)
    writer.byte(sexes[cell & 1] as number)
    writer.tab()
    this.#writeDate(writer, cell >>> 1)
    writeResidentId(writer, this.dates.compact, cell, this.columns.birthRankOf(cell, slot))
    writer.tab()
    this.#writeMobile(writer, row)
    writer.entry(this.#countyCodes, county)
    writer.tab()
    this.#addresses.write(writer, row, county)
    writer.tab()
    this.#writeDate(writer, this.columns.openedOnOf(row, cell >>> 1))
    writer.byte(active)
    writer.tab()
    writer.digit(0)
    writer.tab()
    writer.endRow()
    return 1
  }

  #writeName(writer: TsvWriter, row: number, sex: number): void {
    const { surnames, givenNames } = this.names
    const given = givenNames[sex as 0 | 1]
    writer.entry(surnames.texts, surnames.byFrequency[this.#surname.uint32(row) >>> 16] as number)
    writer.entry(given.texts, given.byFrequency[this.#givenName.uint32(row) >>> 16] as number)
    writer.tab()
  }

  #writeDate(writer: TsvWriter, day: number): void {
    writer.copy(this.dates.iso, day * 10, 10)
    writer.tab()
  }

  #writeMobile(writer: TsvWriter, row: number): void {
    const slot = this.columns.mobileSlotOf(row)
    const prefix = Math.floor(slot / numbersPerPrefix)
    writer.fixed(safeMobilePrefixes[prefix] as number, 3)
    writer.fixed(slot - prefix * numbersPerPrefix, 8)
    writer.tab()
  }
}
