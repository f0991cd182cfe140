import { faker } from '@faker-js/faker/locale/zh_CN'
import { mix32 } from '../kit/random.js'
import { type ByteTable, byteTable } from './byte-table.js'
import { dayNumber } from './calendar.js'
import { frequentSurnames, generationNames, generationStarts, syllablesEn } from './name-lists.js'
import type { PopulationLocale } from './population.js'
import type { TsvWriter } from './tsv-writer.js'
import { weightedTable } from './weighted-table.js'

/** Given names of one sex: the common ones, most frequent first, then those that mark a generation. */
interface GivenNames {
  readonly texts: ByteTable
  readonly commonCount: number
  /** Where the common names begin and how far they reach on the curve; see {@link commonRank}. */
  readonly curveWidth: number
  /** 256 slots for each generation. */
  readonly ofGeneration: Uint16Array
}

const sexCodes = byteTable(['\tM\t', '\tF\t'])

/** Writes names that fit sex and year of birth, drawn by frequency and not uniformly. */
export class Names {
  readonly #surnames: ByteTable
  readonly #surnameByFrequency: Uint16Array
  readonly #givenNames: readonly [GivenNames, GivenNames]

  constructor(locale: PopulationLocale) {
    const ranked = surnamesOf(locale)
    this.#surnames = byteTable(ranked)
    this.#surnameByFrequency = weightedTable(surnameWeights(ranked.length), 12)
    this.#givenNames = [givenNamesOf(locale, 0), givenNamesOf(locale, 1)]
  }

  /**
   * Appends the name and the sex, each with its tab. `draw` gives surname and given name; the 12 bits of
   * `generationDraw` decide whether the given name is one of those that mark the generation.
   */
  write(writer: TsvWriter, birthCell: number, draw: number, generationDraw: number): void {
    const given = this.#givenNames[(birthCell & 1) as 0 | 1]
    writer.entry(this.#surnames, this.#surnameByFrequency[draw >>> 20] as number)
    const name =
      generationDraw < generationShare
        ? (given.ofGeneration[generationOf(birthCell >>> 1) * 256 + (draw & 0xff)] as number)
        : commonRank(given, draw & 0xf_ffff)
    writer.entry(given.texts, name)
    writer.shortEntry(sexCodes, birthCell & 1)
  }
}

/** Of 4,096 persons, how many have a name of their generation. */
const generationShare = 1400

const generationDays = generationStarts.map((year) => dayNumber(year, 1, 1))
const [firstEnd = 0, secondEnd = 0, thirdEnd = 0] = generationDays

function generationOf(birthDay: number): number {
  if (birthDay < secondEnd) return birthDay < firstEnd ? 0 : 1
  return birthDay < thirdEnd ? 2 : 3
}

/**
 * The frequency of a common name falls with 1 / sqrt(rank + 30), a mild slope: the most frequent have a few per
 * thousand each. The sum of that is 2 sqrt(rank + 30), so its inverse needs a square and no table.
 */
const curveStart = Math.sqrt(30)

function commonRank({ curveWidth, commonCount }: GivenNames, draw: number): number {
  const root = curveStart + (draw / 0x10_0000) * curveWidth
  return Math.min(commonCount - 1, (root * root - 30) | 0)
}

/**
 * How many percent of all people the surnames up to a rank have together, from the ministry's reports: the first 7.5,
 * the first three 21.9, and so on. Inside a band all are alike.
 */
const surnameBands: readonly { readonly toRank: number; readonly percent: number }[] = [
  { toRank: 1, percent: 7.5 },
  { toRank: 3, percent: 21.9 },
  { toRank: 10, percent: 43.5 },
  { toRank: 25, percent: 59.5 },
  { toRank: 50, percent: 72.5 },
  { toRank: 100, percent: 86.4 },
]

function surnameWeights(count: number): number[] {
  const bands = [...surnameBands, { toRank: count, percent: 100 }]
  return Array.from({ length: count }, (_, index) => {
    const band = bands.findIndex(({ toRank }) => index < toRank)
    const { toRank, percent } = bands[band] ?? { toRank: 1, percent: 0 }
    const below = bands[band - 1] ?? { toRank: 0, percent: 0 }
    return (percent - below.percent) / (toRank - below.toRank)
  })
}

/** The frequent surnames; in Chinese, those of faker's list after them. */
function surnamesOf(locale: PopulationLocale): string[] {
  const frequent = frequentSurnames[locale]
  const others = locale === 'zh' ? (faker.rawDefinitions.person?.last_name?.generic ?? []) : []
  return [...frequent, ...new Set(others.filter((name) => !frequent.includes(name)))]
}

const givenNameCount = 4096

function givenNamesOf(locale: PopulationLocale, sex: 0 | 1): GivenNames {
  const common = locale === 'zh' ? chineseGivenNames(sex) : pinyinGivenNames(sex)
  const byGeneration = generationNames[locale].map((ofSexes) => ofSexes[sex])
  const ofGeneration = byGeneration.flatMap((names, generation) => {
    const first = common.length + byGeneration.slice(0, generation).flat().length
    const slots = weightedTable(
      names.map((_, rank) => 1 / (rank + 4)),
      8,
    )
    return Array.from(slots, (rank) => first + rank)
  })
  return {
    texts: byteTable([...common, ...byGeneration.flat()]),
    commonCount: common.length,
    curveWidth: Math.sqrt(common.length + 30) - curveStart,
    ofGeneration: Uint16Array.from(ofGeneration),
  }
}

/**
 * Given names of faker's zh_CN list. It is short; they are multiplied by putting the first character of one before
 * the second of another of the same sex.
 */
function chineseGivenNames(sex: 0 | 1): string[] {
  const lists = faker.rawDefinitions.person?.first_name
  const dictionary = (sex === 0 ? lists?.male : lists?.female) ?? []
  const twoCharacters = dictionary.filter((name) => [...name].length === 2)
  const first = [...new Set(twoCharacters.map((name) => [...name][0] ?? ''))]
  const second = [...new Set(twoCharacters.map((name) => [...name][1] ?? ''))]
  const composed = first.flatMap((a) => second.filter((b) => b !== a).map((b) => a + b))
  return [...new Set([...shuffled([...dictionary, ...second]), ...shuffled(composed)])].slice(
    0,
    givenNameCount,
  )
}

function pinyinGivenNames(sex: 0 | 1): string[] {
  const { first, second } = syllablesEn[sex]
  return shuffled([...new Set(first.flatMap((a) => second.map((b) => a + b)))])
}

/** A fixed order that does not depend on the population's seed. */
function shuffled(texts: readonly string[]): string[] {
  return texts
    .map((text, index) => ({ text, key: mix32(index + 1) }))
    .sort((a, b) => a.key - b.key)
    .map(({ text }) => text)
}
