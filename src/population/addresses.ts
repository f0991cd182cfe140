import { type ByteTable, byteTable } from './byte-table.js'
import { counties } from './entities.js'
import type { PopulationLocale } from './population.js'
import { cities } from './regions.js'
import { cityNamesEn, countyNamesEn } from './regions-en.js'
import type { TsvWriter } from './tsv-writer.js'

/**
 * County codes and addresses such as `浙江省杭州市西湖区人民路123号8幢2单元1203室`, or `Room 1203, Unit 2, Building 8,
 * 123 Renmin Road, Xihu District, Hangzhou, Zhejiang`. The parts that vary are few, so each is written from a table.
 */
export class Addresses {
  /** Both fields up to the first part that varies. */
  readonly #places: ByteTable
  readonly #parts: readonly [ByteTable, ByteTable, ByteTable, ByteTable]
  readonly #english: boolean

  constructor(locale: PopulationLocale) {
    this.#english = locale === 'en'
    const { streets, number, house, room } = texts[locale]
    this.#places = byteTable(this.#english ? placesEn() : placesZh())
    this.#parts = [
      byteTable(streets),
      byteTable(Array.from({ length: numberMax }, (_, index) => number(1 + index))),
      byteTable(Array.from({ length: 256 }, (_, index) => house(1 + ((index >>> 2) % 40), 1 + (index & 3)))),
      byteTable(Array.from({ length: 128 }, (_, index) => room(1 + ((index >>> 2) % 18), 1 + (index & 3)))),
    ]
  }

  /** Appends county code and address, each with its tab. `draw` gives street, numbers, house and room. */
  write(writer: TsvWriter, county: number, draw: number): void {
    const [streets, numbers, houses, rooms] = this.#parts
    const street = draw & (streetCount - 1)
    const number = ((draw >>> 20) * numberMax) >>> 12
    const house = (draw >>> 5) & 0xff
    const room = (draw >>> 13) & 0x7f
    if (this.#english) {
      writer.entry(this.#codes, county)
      writer.entry(rooms, room)
      writer.entry(houses, house)
      writer.entry(numbers, number)
      writer.entry(streets, street)
      writer.entry(this.#places, county)
    } else {
      writer.entry(this.#places, county)
      writer.entry(streets, street)
      writer.entry(numbers, number)
      writer.entry(houses, house)
      writer.entry(rooms, room)
    }
  }

  readonly #codes = byteTable(counties.map(({ code }) => `${code}\t`))
}

const numberMax = 399
const streetCount = 32

const texts = {
  zh: {
    /** 32 street names that exist in most towns, so that none points to one place. */
    streets: [
      ...['人民路', '解放路', '中山路', '建设路', '新华路', '和平路', '文化路', '胜利路'],
      ...['东风路', '光明路', '青年路', '友谊路', '团结路', '民主路', '环城东路', '环城西路'],
      ...['环城南路', '环城北路', '府前路', '体育场路', '学院路', '育才路', '湖滨路', '江滨路'],
      ...['滨河路', '站前路', '公园路', '迎宾路', '工业路', '创业路', '兴业路', '振兴路'],
    ],
    number: (number: number) => `${number}号`,
    house: (building: number, unit: number) => `${building}幢${unit}单元`,
    room: (floor: number, door: number) => `${floor}${door.toString().padStart(2, '0')}室\t`,
  },
  en: {
    streets: [
      ...['Renmin', 'Jiefang', 'Zhongshan', 'Jianshe', 'Xinhua', 'Heping', 'Wenhua', 'Shengli', 'Dongfeng'],
      ...['Guangming', 'Qingnian', 'Youyi', 'Tuanjie', 'Minzhu', 'Huancheng East', 'Huancheng West'],
      ...[
        'Huancheng South',
        'Huancheng North',
        'Fuqian',
        'Tiyuchang',
        'Xueyuan',
        'Yucai',
        'Hubin',
        'Jiangbin',
      ],
      ...['Binhe', 'Zhanqian', 'Gongyuan', 'Yingbin', 'Gongye', 'Chuangye', 'Xingye', 'Zhenxing'],
    ].map((name) => `${name} Road, `),
    number: (number: number) => `${number} `,
    house: (building: number, unit: number) => `Unit ${unit}, Building ${building}, `,
    room: (floor: number, door: number) => `Room ${floor}${door.toString().padStart(2, '0')}, `,
  },
} as const

function placesZh(): string[] {
  return counties.map(({ code, city, name }) => `${code}\t浙江省${city}${name}`)
}

function placesEn(): string[] {
  return cities.flatMap(({ name, counties: of }) =>
    countyNamesEn(
      name,
      of.map(([, county]) => county),
    ).map((county) => `${county}, ${cityNamesEn[name] ?? name}, Zhejiang\t`),
  )
}
