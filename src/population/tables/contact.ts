import type { CustomerId } from '../../model/sub-tables.js'
import { byteTable } from '../byte-table.js'
import { counties } from '../entities.js'
import { Field } from '../field.js'
import type { PopulationParts } from '../population-parts.js'
import type { TsvWriter } from '../tsv-writer.js'
import type { PopulationTable, TableRows } from './population-table.js'

/**
 * The mobile number of every customer (kind `M`), and of some an e-mail address (`E`) or a fixed line (`L`). E-mail
 * addresses are in domains that are reserved for examples (RFC 2606), whatever the identity.
 */
export const contactTable: PopulationTable = {
  name: 'cif.contact',
  fields: ['le_code', 'customer_id', 'ordinal', 'kind', 'value'],
  key: ['le_code', 'customer_id', 'ordinal'],
  order: 'customer',
  subTables: 16,
  rowBytesMax: 2 * 64,
}

const mobile = byteTable(['\t0\tM\t'])
const email = byteTable(['\t1\tE\tc'])
const line = byteTable(['\t1\tL\t'])
const domains = byteTable(['@example.com\n', '@example.net\n', '@example.org\n', '@mail.example\n'])
const newline = 0x0a

/** Of 256 customers, how many have an e-mail address, and how many of the others a fixed line. */
const emailBelow = 77
const lineBelow = 95

/** By city, its trunk code. */
const trunkCodes: Readonly<Record<string, string>> = {
  杭州市: '0571',
  宁波市: '0574',
  温州市: '0577',
  嘉兴市: '0573',
  湖州市: '0572',
  绍兴市: '0575',
  金华市: '0579',
  衢州市: '0570',
  舟山市: '0580',
  台州市: '0576',
  丽水市: '0578',
}

export class ContactRows implements TableRows {
  readonly amount = 0
  readonly #kind: Field
  /** By county, trunk code and first digit: no subscriber's number begins with 0, all of these do if safe. */
  readonly #lines

  constructor(private readonly parts: PopulationParts) {
    this.#kind = new Field(parts.source.seed, 'contact', 'kind')
    const first = parts.source.identity === 'safe' ? '0' : '8'
    this.#lines = byteTable(counties.map(({ city }) => `${trunkCodes[city] ?? '0571'}-${first}`))
  }

  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number {
    const { customers, entityFields, mobiles } = this.parts
    const draw = this.#kind.uint32(row)
    const kind = draw & 0xff
    writer.shortEntry(entityFields, entity)
    writer.ten(id)
    writer.entry(mobile, 0)
    mobiles.write(writer, customers.mobileSlotOf(row))
    writer.byte(newline)
    if (kind >= lineBelow) return 1
    writer.shortEntry(entityFields, entity)
    writer.ten(id)
    if (kind < emailBelow) {
      writer.entry(email, 0)
      writer.ten(id)
      writer.entry(domains, (draw >>> 8) & 3)
    } else {
      writer.entry(line, 0)
      writer.entry(this.#lines, customers.countyOf(row, entity))
      writer.digit((draw >>> 8) % 10)
      writer.two((draw >>> 12) % 100)
      writer.four((draw >>> 18) % 10_000)
      writer.byte(newline)
    }
    return 2
  }
}
