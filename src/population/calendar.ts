import { byteTable } from './byte-table.js'
import type { TsvWriter } from './tsv-writer.js'

/**
 * Days as integers: 0 is 1926-01-01. Nobody in the population is older, and everything happens before `today`,
 * a fixed day: a population does not change with the date on which it is generated.
 */
const firstYear = 1926
const lastYear = 2025
/** Documents are valid, and deposits mature, until then. */
const lastYearNamed = 2055
const dayMs = 86_400_000

/** The number of a date from 1926-01-01 on. */
export function dayNumber(year: number, month: number, day: number): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(firstYear, 0, 1)) / dayMs
}

/** The day after the last one: 2026-01-01. */
export const today = dayNumber(lastYear + 1, 1, 1)

/** Days with a text: more than ten years beyond `today`. */
const daysNamed = dayNumber(lastYearNamed + 1, 1, 1)

/** In place of a day: no end. It is written as 9999-12-31. */
export const never = daysNamed

/** Writes days as text. Tables of whole texts would be a megabyte; these stay in the processor's cache. */
export class DateTexts {
  /** By day, 65,536 times the year plus month and day as a number of four digits. */
  readonly #packed = packedDays()

  /** `YYYY-MM-DD` and a tab. */
  writeIso(writer: TsvWriter, day: number): void {
    const packed = this.#packed[day] as number
    writer.four(packed >>> 16)
    writer.shortEntry(isoEndings, packed & 0xffff)
  }

  /** `YYYYMMDD` */
  writeCompact(writer: TsvWriter, day: number): void {
    const packed = this.#packed[day] as number
    writer.four(packed >>> 16)
    writer.four(packed & 0xffff)
  }

  yearOf(day: number): number {
    return (this.#packed[day] as number) >>> 16
  }

  /** 1231 is the last of December. */
  monthAndDayOf(day: number): number {
    return (this.#packed[day] as number) & 0xffff
  }
}

/** By month and day as a number of four digits: `-12-31` and a tab. */
const isoEndings = byteTable(
  Array.from({ length: 1232 }, (_, number) => {
    const digits = number.toString().padStart(4, '0')
    return `-${digits.slice(0, 2)}-${digits.slice(2)}\t`
  }),
)

function packedDays(): Uint32Array {
  const packed = new Uint32Array(daysNamed + 1)
  const start = Date.UTC(firstYear, 0, 1)
  for (let day = 0; day < daysNamed; day++) {
    const date = new Date(start + day * dayMs)
    packed[day] = date.getUTCFullYear() * 65_536 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
  }
  packed[never] = 9999 * 65_536 + 1231
  return packed
}
