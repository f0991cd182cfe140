import { assert } from '../kit/assert.js'
import { today } from './calendar.js'

/** Identity numbers are dealt from this many slots; see {@link BirthSlots}. */
export const birthSlotCount = 2 ** 30

/** One sex on one day never has more slots than there are numbers for it: 90 address codes x 499 sequences. */
export const slotsPerCellMax = 44_910

export const male = 0
export const female = 1

/**
 * Deals birth date, sex and a rank among those born on the same day from one slot in [0, 2^30). The slots are cut
 * into one interval per (day, sex), as wide as that day's share of the population. So a permuted row number gives
 * the age pyramid exactly, and the rank makes the identity number unique without looking at any other row.
 */
export class BirthSlots {
  /** First slot of each cell; cell = day x 2 + sex. */
  readonly #starts: Uint32Array
  /** The cell of the first slot of each 16,384 slots, from which the search starts. */
  readonly #guide: Uint32Array

  constructor() {
    this.#starts = cellStarts()
    this.#guide = guideTo(this.#starts)
  }

  /** The cell of a slot: day = cell >> 1, sex = cell & 1. */
  cellOf(slot: number): number {
    let cell = this.#guide[slot >>> guideShift] as number
    while ((this.#starts[cell + 1] as number) <= slot) cell++
    return cell
  }

  /** The first slot of a cell. */
  firstOf(cell: number): number {
    return this.#starts[cell] as number
  }

  /** The rank of a slot among those of its cell. */
  rankIn(cell: number, slot: number): number {
    return slot - (this.#starts[cell] as number)
  }
}

const guideShift = 14

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

function cellStarts(): Uint32Array {
  const weights = new Float64Array(today * 2)
  let total = 0
  for (let day = 0; day < today; day++) {
    const age = (today - day) / daysPerYear
    if (age < ageMin || age > ageMax) continue
    const weight = between(ageWeights, age)
    const men = between(maleShares, age)
    weights[day * 2 + male] = weight * men
    weights[day * 2 + female] = weight * (1 - men)
    total += weight
  }
  const starts = new Uint32Array(weights.length + 1)
  let sum = 0
  weights.forEach((weight, cell) => {
    sum += weight
    starts[cell + 1] = Math.round((sum / total) * birthSlotCount)
    const width = (starts[cell + 1] as number) - (starts[cell] as number)
    assert(width <= slotsPerCellMax, `birth cell ${cell} has ${width} slots`)
  })
  starts[weights.length] = birthSlotCount
  return starts
}

function guideTo(starts: Uint32Array): Uint32Array {
  const guide = new Uint32Array((birthSlotCount >>> guideShift) + 1)
  let cell = 0
  for (let index = 0; index < guide.length; index++) {
    const slot = index * 2 ** guideShift
    while ((starts[cell + 1] as number) <= slot) cell++
    guide[index] = cell
  }
  return guide
}

/** Piecewise linear interpolation; constant outside the points. */
function between(points: readonly (readonly [number, number])[], at: number): number {
  const next = points.findIndex(([x]) => x >= at)
  const [x1, y1] = points[next < 0 ? points.length - 1 : next] as readonly [number, number]
  const [x0, y0] = points[Math.max(0, next - 1)] as readonly [number, number]
  return next <= 0 || x1 === x0 ? y1 : y0 + ((at - x0) / (x1 - x0)) * (y1 - y0)
}
