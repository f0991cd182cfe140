import { assert } from '../kit/assert.js'
import { today } from './calendar.js'

/** One sex on one day never has more slots than there are numbers for it: 90 address codes x 499 sequences. */
export const slotsPerCellMax = 44_910

const male = 0
const female = 1

/**
 * Deals birth date, sex and a rank among those born on the same day from one slot. The slots are cut into one
 * interval per day and sex ("cell" = day x 2 + sex), as wide as the share of that year of age in the population. So a
 * permuted row number gives the age pyramid exactly, and the rank makes the identity number unique without looking
 * at any other row. Inside a year of age all days are alike, so the tables are tiny and the rest is a division.
 */
export class BirthSlots {
  /** The cell of a slot: day = cell >> 1, sex = cell & 1. */
  cellOf(slot: number): number {
    let year = guide[slot >>> guideShift] as number
    while ((firstSlots[year + 1] as number) <= slot) year++
    const offset = slot - (firstSlots[year] as number)
    const perDay = slotsPerDay[year] as number
    const day = (offset / perDay) | 0
    const sex = offset - day * perDay < (slotsOfMen[year] as number) ? male : female
    return ((firstDays[year] as number) + day) * 2 + sex
  }

  /** The first slot of a cell. */
  firstOf(cell: number): number {
    const day = cell >>> 1
    const year = yearByDay[day] as number
    const before = (day - (firstDays[year] as number)) * (slotsPerDay[year] as number)
    return (firstSlots[year] as number) + before + (cell & 1 ? (slotsOfMen[year] as number) : 0)
  }

  /** The rank of a slot among those of its cell. */
  rankIn(cell: number, slot: number): number {
    return slot - this.firstOf(cell)
  }
}

/**
 * Customers of a bank, not residents: from 16 years on, tilted to working age. Relative weight of one year of age,
 * linear between the points; our choice, made after the age bands of Zhejiang's statistics for 2023.
 */
const ageWeights: readonly (readonly [age: number, weight: number])[] = [
  [16, 20],
  [20, 45],
  [26, 90],
  [36, 110],
  [46, 98],
  [56, 92],
  [66, 55],
  [76, 28],
  [86, 9],
  [99, 0.5],
]

/** Share of men by age: more men when young, more women when old. */
const maleShares: readonly (readonly [age: number, share: number])[] = [
  [16, 0.535],
  [45, 0.52],
  [65, 0.5],
  [99, 0.36],
]

const ageMin = 16
const ageMax = 99
const daysPerYear = 365.25

/** Years of age, oldest first, so that days ascend. Before them and after them is one that nobody is born in. */
const years = yearsOfAge()
const firstDays = Uint32Array.from(years, ({ firstDay }) => firstDay)
const slotsPerDay = Uint32Array.from(years, ({ men, women }) => men + women)
const slotsOfMen = Uint32Array.from(years, ({ men }) => men)
const firstSlots = new Uint32Array(years.length + 1)
years.forEach(({ days, men, women }, year) => {
  firstSlots[year + 1] = (firstSlots[year] as number) + days * (men + women)
})
const yearByDay = Uint8Array.from(years.flatMap(({ days }, year) => Array.from({ length: days }, () => year)))

/** Identity numbers are dealt from this many slots: hardly fewer than 2^30. */
export const birthSlotCount = firstSlots[years.length] as number

/** The year of age of the first slot of each 65,536 slots, from which the search starts. */
const guideShift = 16
const guide = Uint8Array.from({ length: (birthSlotCount >>> guideShift) + 1 }, (_, index) => {
  const slot = index * 2 ** guideShift
  return years.findIndex((__, year) => (firstSlots[year + 1] as number) > slot)
})

interface YearOfAge {
  readonly firstDay: number
  readonly days: number
  /** Slots per day. */
  readonly men: number
  readonly women: number
}

function yearsOfAge(): YearOfAge[] {
  const firstDayOf = (age: number) => Math.ceil(today - (age + 1) * daysPerYear) + 1
  const ages = Array.from({ length: ageMax - ageMin }, (_, index) => ageMax - 1 - index)
  const weighted = ages.map((age) => {
    const firstDay = firstDayOf(age)
    const days = firstDayOf(age - 1) - firstDay
    return { age, firstDay, days, weight: between(ageWeights, age + 0.5) }
  })
  const total = weighted.reduce((sum, { days, weight }) => sum + days * weight, 0)
  const born = weighted.map(({ age, firstDay, days, weight }) => {
    const perDay = (weight / total) * 2 ** 30
    const men = Math.floor(perDay * between(maleShares, age + 0.5))
    const women = Math.floor(perDay) - men
    assert(Math.max(men, women) <= slotsPerCellMax, `${men} men and ${women} women born on a day`)
    return { firstDay, days, men, women }
  })
  const [oldest] = born
  const youngestEnd = firstDayOf(ageMin - 1)
  const nobody = { men: 0, women: 0 }
  return [
    { firstDay: 0, days: oldest?.firstDay ?? 0, ...nobody },
    ...born,
    { firstDay: youngestEnd, days: today - youngestEnd, ...nobody },
  ]
}

/** Piecewise linear interpolation; constant outside the points. */
function between(points: readonly (readonly [number, number])[], at: number): number {
  const next = points.findIndex(([x]) => x >= at)
  const [x1, y1] = points[next < 0 ? points.length - 1 : next] as readonly [number, number]
  const [x0, y0] = points[Math.max(0, next - 1)] as readonly [number, number]
  return next <= 0 || x1 === x0 ? y1 : y0 + ((at - x0) / (x1 - x0)) * (y1 - y0)
}
