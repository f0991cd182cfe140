import { byteTable } from './byte-table.js'
import { counties } from './entities.js'
import { Field } from './field.js'
import type { TsvWriter } from './tsv-writer.js'

/** Addresses such as `浙江省杭州市西湖区人民路123号8幢2单元1203室`. */
export class Addresses {
  readonly #places = byteTable(counties.map(({ city, name }) => `浙江省${city}${name}`))
  readonly #streets = byteTable(streets)
  readonly #marks = byteTable(['号', '幢', '单元', '室'])
  readonly #street: Field
  readonly #house: Field

  constructor(seed: number) {
    this.#street = new Field(seed, 'customer', 'street')
    this.#house = new Field(seed, 'customer', 'house')
  }

  /** Each of the two draws carries several small numbers, in bits of their own. */
  write(writer: TsvWriter, row: number, county: number): void {
    const street = this.#street.uint32(row)
    const house = this.#house.uint32(row)
    writer.entry(this.#places, county)
    writer.entry(this.#streets, street & (streets.length - 1))
    writer.decimal(1 + ((street >>> 8) % 399))
    writer.entry(this.#marks, 0)
    writer.decimal(1 + ((house & 0xff) % 40))
    writer.entry(this.#marks, 1)
    writer.decimal(1 + ((house >>> 8) & 3))
    writer.entry(this.#marks, 2)
    writer.decimal(1 + (((house >>> 10) & 0xff) % 18))
    writer.fixed(1 + ((house >>> 18) & 3), 2)
    writer.entry(this.#marks, 3)
  }
}

/** 32 street names that exist in most towns, so that none points to one place. */
const streets = [
  ...['人民路', '解放路', '中山路', '建设路', '新华路', '和平路', '文化路', '胜利路'],
  ...['东风路', '光明路', '青年路', '友谊路', '团结路', '民主路', '环城东路', '环城西路'],
  ...['环城南路', '环城北路', '府前路', '体育场路', '学院路', '育才路', '湖滨路', '江滨路'],
  ...['滨河路', '站前路', '公园路', '迎宾路', '工业路', '创业路', '兴业路', '振兴路'],
]
