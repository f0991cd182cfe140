/**
 * Days as integers: 0 is 1926-01-01. Nobody in the population is older, and everything happens before `today`,
 * a fixed day: a population does not change with the date on which it is generated.
 */
const firstYear = 1926
const lastYear = 2025
const dayMs = 86_400_000

/** The number of a date between 1926-01-01 and 2026-01-01. */
export function dayNumber(year: number, month: number, day: number): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(firstYear, 0, 1)) / dayMs
}

/** The day after the last one: 2026-01-01. It is also the number of days. */
export const today = dayNumber(lastYear + 1, 1, 1)

/** Every day as text. */
export interface DateTexts {
  /** `YYYY-MM-DD`, 10 bytes each. */
  readonly iso: Uint8Array
  /** `YYYYMMDD`, 8 bytes each. */
  readonly compact: Uint8Array
}

export function dateTexts(): DateTexts {
  const iso: string[] = []
  const start = Date.UTC(firstYear, 0, 1)
  for (let day = 0; day < today; day++) {
    iso.push(new Date(start + day * dayMs).toISOString().slice(0, 10))
  }
  const text = iso.join('')
  return {
    iso: new Uint8Array(Buffer.from(text, 'latin1')),
    compact: new Uint8Array(Buffer.from(text.replaceAll('-', ''), 'latin1')),
  }
}
