import { type ByteTable, byteTable } from './byte-table.js'

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

/** Every day as text. */
export interface DateTexts {
  /** `YYYY-MM-DD` and a tab. */
  readonly isoFields: ByteTable
  /** `YYYYMMDD`. */
  readonly compact: ByteTable
}

export function dateTexts(): DateTexts {
  const iso: string[] = []
  const start = Date.UTC(firstYear, 0, 1)
  for (let day = 0; day < daysNamed; day++) iso.push(new Date(start + day * dayMs).toISOString().slice(0, 10))
  iso.push('9999-12-31')
  return {
    isoFields: byteTable(iso.map((text) => `${text}\t`)),
    compact: byteTable(iso.map((text) => text.replaceAll('-', ''))),
  }
}
