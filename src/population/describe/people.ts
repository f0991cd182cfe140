import type { PortraitSection } from '../../model/population-portrait.js'
import { BirthSlots, birthSlotCount } from '../births.js'
import { today } from '../calendar.js'
import type { PopulationLocale } from '../population.js'
import { share, value } from './measures.js'

/** Ages and names of the customers in a sample. */
export class People {
  readonly #men = new Float64Array(agesMax)
  readonly #women = new Float64Array(agesMax)
  readonly #surnames = new Map<string, number>()
  #total = 0

  constructor(private readonly locale: PopulationLocale) {}

  add({
    name,
    sex,
    birthDate,
  }: {
    readonly name: string
    readonly sex: string
    readonly birthDate: string
  }): void {
    const sexes = sex === 'M' ? this.#men : this.#women
    const age = ageOn(birthDate)
    sexes[age] = (sexes[age] as number) + 1
    const surname = surnameOf(name, this.locale)
    this.#surnames.set(surname, (this.#surnames.get(surname) ?? 0) + 1)
    this.#total++
  }

  ages(): PortraitSection {
    const target = agesMeant()
    const count = (from: number, to: number) => sumOf(this.#men, from, to) + sumOf(this.#women, from, to)
    const meant = (from: number, to: number) =>
      100 * (sumOf(target.men, from, to) + sumOf(target.women, from, to))
    const shown = Array.from({ length: lastAge - firstAge + 1 }, (_, index) => firstAge + index)
    const percents = (counts: Float64Array, scale: number) =>
      shown.map((age) => (counts[age] as number) * scale)
    const realisedScale = 100 / Math.max(1, this.#total)
    return {
      id: 'ages',
      title: 'Age and sex',
      source:
        'Customers of a bank, not residents: from 16 years on, tilted to working age. Made after the age bands and the sex ratio of the Zhejiang statistical bulletin for 2023 (of its residents from 16 on, 24.8 % are 60 or older).',
      measures: [
        ...bands.map(([from, to]) =>
          share(`aged ${from} to ${to - 1}`, { part: count(from, to), of: this.#total }, meant(from, to)),
        ),
        share(
          'men',
          { part: sumOf(this.#men, 0, agesMax), of: this.#total },
          100 * sumOf(target.men, 0, agesMax),
        ),
      ],
      plots: [
        plotOf('men', 'Men', shown, percents(this.#men, realisedScale), percents(target.men, 100)),
        plotOf('women', 'Women', shown, percents(this.#women, realisedScale), percents(target.women, 100)),
      ],
    }
  }

  surnames(): PortraitSection {
    const ranked = [...this.#surnames.entries()].sort((left, right) => right[1] - left[1])
    const cumulated = (rank: number) => ranked.slice(0, rank).reduce((sum, [, count]) => sum + count, 0)
    const known = this.locale === 'zh'
    const xs = surnameShares.map(([rank]) => rank)
    return {
      id: 'surnames',
      title: 'Surnames',
      source: known
        ? 'Cumulated shares of the most frequent surnames in the country, from the reports of the Ministry of Public Security and the NCIIC count of 2008; the first surname is that of Zhejiang.'
        : 'Transcribed surnames coincide, so there is no target for the shares in English.',
      measures: [
        ...surnameShares.map(([rank, percent]) =>
          share(
            rank === 1 ? 'the most frequent one' : `the first ${rank}`,
            { part: cumulated(rank), of: this.#total },
            known ? percent : null,
            0.6,
          ),
        ),
        value('different surnames', 'count', ranked.length),
      ],
      plots: [
        {
          id: 'plot-surnames',
          title: 'The first so many surnames have so much of the people',
          caption: 'A uniform draw from a list would be a straight line far below.',
          xLabel: 'surnames, most frequent first',
          yLabel: 'percent of the customers',
          unit: ' %',
          xUnit: '',
          scale: 'linear',
          xs,
          realised: xs.map((rank) => (100 * cumulated(rank)) / Math.max(1, this.#total)),
          target: known ? surnameShares.map(([, percent]) => percent) : null,
        },
      ],
    }
  }
}

const agesMax = 128
const firstAge = 16
const lastAge = 99
const bands = [
  [16, 25],
  [25, 35],
  [35, 45],
  [45, 55],
  [55, 65],
  [65, 75],
  [75, 100],
] as const

/** Rank and percent. */
const surnameShares = [
  [1, 7.5],
  [3, 21.9],
  [10, 43.5],
  [25, 59.5],
  [50, 72.5],
  [100, 86.4],
] as const

const [lastYear, dayOfYearEnd] = [2026, '01-01']

/** Whole years on 2026-01-01, the day on which every population stands. */
function ageOn(birthDate: string): number {
  return lastYear - Number(birthDate.slice(0, 4)) - (birthDate.slice(5) > dayOfYearEnd ? 1 : 0)
}

/** Surnames of two characters, such as 欧阳, would be taken for their first one otherwise. */
function surnameOf(name: string, locale: PopulationLocale): string {
  if (locale === 'en') return name.split(' ')[0] ?? ''
  const two = name.slice(0, 2)
  return twoCharacterSurnames.test(two) && [...name].length > 2 ? two : (name[0] ?? '')
}

const twoCharacterSurnames =
  /^(欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木|南宫|长孙|宇文|轩辕|闻人|赫连|澹台|申屠|仲孙|钟离|鲜于|闾丘|淳于|单于|太叔|宗政|濮阳)/

/** The shares that the generator was given: of each age, men and women. */
function agesMeant() {
  const slots = new BirthSlots()
  const [men, women] = [new Float64Array(agesMax), new Float64Array(agesMax)]
  for (let day = 0; day < today; day++) {
    const age = Math.floor((today - day) / 365.25)
    const widthOf = (cell: number) => (endOf(slots, cell) - slots.firstOf(cell)) / birthSlotCount
    men[age] = (men[age] as number) + widthOf(day * 2)
    women[age] = (women[age] as number) + widthOf(day * 2 + 1)
  }
  return { men, women }
}

function endOf(slots: BirthSlots, cell: number): number {
  return cell === today * 2 - 1 ? birthSlotCount : slots.firstOf(cell + 1)
}

function sumOf(counts: Float64Array, from: number, to: number): number {
  return counts.subarray(from, to).reduce((sum, count) => sum + count, 0)
}

function plotOf(
  id: string,
  who: string,
  xs: readonly number[],
  realised: readonly number[],
  target: readonly number[],
) {
  return {
    id: `plot-${id}`,
    title: `${who} by age`,
    caption: 'The age pyramid, laid on its side.',
    xLabel: 'age in years',
    yLabel: 'percent of all customers',
    unit: ' %',
    xUnit: ' years',
    scale: 'linear',
    xs,
    realised,
    target,
  } as const
}
