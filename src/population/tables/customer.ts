import type { CustomerId } from '../../model/sub-tables.js'
import { byteTable } from '../byte-table.js'
import { Field } from '../field.js'
import type { PopulationParts } from '../population-parts.js'
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

/** Status and version of a customer who is active and was never changed. */
const endings = byteTable(['A\t0\n'])

export class CustomerRows implements TableRows {
  readonly amount = 0
  readonly #name: Field
  readonly #address: Field

  constructor(private readonly parts: PopulationParts) {
    this.#name = new Field(parts.source.seed, 'customer', 'name')
    this.#address = new Field(parts.source.seed, 'customer', 'address')
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, dates, entityFields, residentIds, mobiles, names, addresses } = this.parts
    const slot = customers.birthSlotOf(row)
    const cell = customers.birthCellOf(slot)
    const past = customers.pastOf(row)
    writer.shortEntry(entityFields, entity)
    writer.ten(id)
    writer.tab()
    names.write(writer, cell, this.#name.uint32(row), customers.generationDrawOf(past))
    dates.writeIso(writer, cell >>> 1)
    residentIds.write(writer, cell, customers.birthRankOf(cell, slot))
    mobiles.write(writer, customers.mobileSlotOf(row))
    writer.tab()
    addresses.write(writer, customers.countyOf(row, entity), this.#address.uint32(row))
    dates.writeIso(writer, customers.openedOnOf(past, cell >>> 1))
    writer.entry(endings, 0)
    return 1
  }
}
