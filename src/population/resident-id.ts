import { type ByteTable, byteTable } from './byte-table.js'
import type { DateTexts } from './calendar.js'
import { counties } from './entities.js'
import type { PopulationIdentity } from './population.js'
import type { TsvWriter } from './tsv-writer.js'

/**
 * Resident identity numbers in the form of GB 11643-1999: 6 digits address code, 8 birth date, 3 sequence (odd for
 * men, even for women), 1 check character after ISO 7064 MOD 11-2. Each is made of a cell (day x 2 + sex) and the
 * rank of a person among those born in it.
 *
 * A right check character alone would make some of them the numbers of living people. So the address codes of safe
 * ones are 339900 to 339989, which were never assigned to any place; lookalikes have those of Zhejiang's 90 counties.
 */
export class ResidentIds {
  readonly #addressCodes: ByteTable
  readonly #addressSums: Uint8Array

  constructor(
    private readonly dates: DateTexts,
    identity: PopulationIdentity,
  ) {
    const codes = identity === 'safe' ? safeAddressCodes : counties.map(({ code }) => code)
    this.#addressCodes = byteTable(codes)
    this.#addressSums = Uint8Array.from(codes, (code) => weightedSum(code, 0) % 11)
  }

  /** Appends 18 characters and a tab. */
  write(writer: TsvWriter, cell: number, rank: number): void {
    const { dates } = this
    const place = scattered(cell, rank)
    const sequence = sequenceOf(cell, place)
    const address = place % addressCount
    const day = cell >>> 1
    const sum =
      (this.#addressSums[address] as number) +
      (yearSums[dates.yearOf(day)] as number) +
      (monthAndDaySums[dates.monthAndDayOf(day)] as number) +
      (sequenceSums[sequence] as number)
    writer.shortEntry(this.#addressCodes, address)
    dates.writeCompact(writer, day)
    writer.three(sequence)
    writer.byteField(checkCodes[sum % 11] as number)
  }

  /** Its place among all identity numbers, below 2^33: ascending as the numbers do. */
  orderOf(cell: number, rank: number): number {
    const place = scattered(cell, rank)
    return (place % addressCount) * addressSpan + (cell >>> 1) * daySpan + sequenceOf(cell, place)
  }

  /** Cell and rank back from the order. */
  cellOfOrder(order: number): number {
    const rest = order % addressSpan
    const women = 1 - (rest & 1)
    return (rest >>> 10) * 2 + women
  }

  rankOfOrder(order: number): number {
    const cell = this.cellOfOrder(order)
    const place = ((((order % daySpan) - 1) >>> 1) * addressCount + Math.floor(order / addressSpan)) | 0
    const shifted = place - (cell % rankSpan)
    return ((shifted < 0 ? shifted + rankSpan : shifted) * gatherFactor) % rankSpan
  }

  /** What `subTableOfIdentity` says of the number's text. */
  subTableOf(cell: number, rank: number): number {
    const sequence = sequenceOf(cell, scattered(cell, rank))
    return ((this.dates.monthAndDayOf(cell >>> 1) % 10) * 1000 + sequence) & 15
  }
}

/** Whether `text` has the form, and the check character, of a resident identity number. */
export function isResidentId(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text)) return false
  return text[17] === checkCharacterOf(text.slice(0, 17))
}

/** The check character of 17 digits, after ISO 7064 MOD 11-2. */
export function checkCharacterOf(digits: string): string {
  return checkCharacters[weightedSum(digits, 0) % 11] as string
}

/** The first of the codes that were never given to a place. */
const safeAddressCodes = Array.from({ length: 90 }, (_, index) => `${339_900 + index}`)

const addressCount = 90
const sequencesPerSex = 499
const rankSpan = addressCount * sequencesPerSex

/** A day number has 16 bits, a sequence 10. */
const daySpan = 2 ** 10
const addressSpan = 2 ** 26

/** Spreads neighbouring ranks over address codes and sequences; prime to 44,910, so no two ranks meet. */
const scatterFactor = 20_011
/** Its inverse modulo 44,910. */
const gatherFactor = inverseOf(scatterFactor, rankSpan)

function scattered(cell: number, rank: number): number {
  return (Math.imul(rank, scatterFactor) + cell) % rankSpan
}

/** Sequence 000 is not issued; men have cell & 1 = 0 and an odd sequence. */
function sequenceOf(cell: number, place: number): number {
  return 2 * ((place / addressCount) | 0) + 1 + (cell & 1)
}

const weights = Uint8Array.of(7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
const checkCharacters = '10X98765432'

const checkCodes = Uint8Array.from(Buffer.from(checkCharacters, 'latin1'))

/** The sums of all numbers of a few digits that begin at a place, modulo 11. */
const yearSums = sumsOf(4, 6)
const monthAndDaySums = sumsOf(4, 10)
const sequenceSums = sumsOf(3, 14)

function sumsOf(digits: number, from: number): Uint8Array {
  return Uint8Array.from({ length: 10 ** digits }, (_, value) => {
    return weightedSum(value.toString().padStart(digits, '0'), from) % 11
  })
}

function weightedSum(digits: string, from: number): number {
  let sum = 0
  for (let index = 0; index < digits.length; index++)
    sum += Number(digits[index]) * (weights[from + index] ?? 0)
  return sum
}

function inverseOf(factor: number, modulus: number): number {
  for (let candidate = 1; ; candidate++) if ((factor * candidate) % modulus === 1) return candidate
}
