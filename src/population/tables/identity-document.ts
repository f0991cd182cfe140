import type { CustomerId } from '../../model/sub-tables.js'
import { byteTable } from '../byte-table.js'
import { never, today } from '../calendar.js'
import { Field } from '../field.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/**
 * The resident card of every customer (type `R`, status `V`), and of some an expired one before it (status `E`) or a
 * passport (type `P`).
 */
export const identityDocumentTable: PopulationTable = {
  name: 'cif.identity_document',
  fields: [
    'le_code',
    'customer_id',
    'ordinal',
    'document_type',
    'document_no',
    'valid_from',
    'valid_to',
    'status',
  ],
  key: ['le_code', 'customer_id', 'ordinal'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: 2 * 80,
}

const firstCards = byteTable(['\t0\tR\t'])
const formerCards = byteTable(['\t1\tR\t'])
/** Letters that no passport of the country begins with, or the one that most begin with; then digits of the customer. */
const passports = byteTable(['\t1\tP\tQZ', '\t1\tP\tE'])
const valid = byteTable(['V\n'])
const expired = byteTable(['E\n'])

/** Of 256 customers, how many have an expired card on file, and how many a passport. */
const formerBelow = 30
const passportBelow = 40

/** Cards are issued for 5 years below 16, 10 below 26, 20 below 46, and for ever from then on. */
const daysOf26Years = 9496
const daysOf46Years = 16_801

export class IdentityDocumentRows implements TableRows {
  readonly amount = 0
  readonly #issued: Field
  readonly #passport: 0 | 1

  constructor(private readonly parts: PopulationParts) {
    this.#issued = new Field(parts.source.seed, 'identity_document', 'issued')
    this.#passport = parts.source.identity === 'safe' ? 0 : 1
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, dates, entityFields, residentIds } = this.parts
    const slot = customers.birthSlotOf(row)
    const cell = customers.birthCellOf(slot)
    const rank = customers.birthRankOf(cell, slot)
    const draw = this.#issued.uint32(row)
    const issued = today - 1 - (((draw >>> 8) & 0xfff) % 1800)
    writer.shortEntry(entityFields, entity)
    writer.ten(id)
    writer.entry(firstCards, 0)
    residentIds.write(writer, cell, rank)
    dates.writeIso(writer, issued)
    dates.writeIso(writer, endOf(issued, cell >>> 1))
    writer.entry(valid, 0)
    const second = draw & 0xff
    if (second >= passportBelow) return 1
    writer.shortEntry(entityFields, entity)
    writer.ten(id)
    if (second < formerBelow) {
      writer.entry(formerCards, 0)
      residentIds.write(writer, cell, rank)
      dates.writeIso(writer, issued - 3653)
      dates.writeIso(writer, issued)
      writer.entry(expired, 0)
    } else {
      writer.entry(passports, this.#passport)
      writer.eight(id % 100_000_000)
      writer.tab()
      dates.writeIso(writer, issued)
      dates.writeIso(writer, issued + 3652)
      writer.entry(valid, 0)
    }
    return 2
  }
}

function endOf(issued: number, birthDay: number): number {
  const ageDays = issued - birthDay
  if (ageDays >= daysOf46Years) return never
  return issued + (ageDays < daysOf26Years ? 3652 : 7305)
}
