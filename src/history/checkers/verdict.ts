import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'

type Details = CheckVerdict['details']

/** What a checker found: things that must not be, and reasons why finding nothing would prove nothing. */
export interface Findings {
  readonly name: string
  /** Violations, in words with their numbers. One is enough for `false`. */
  readonly violations: readonly string[]
  /** Vacuity guards that struck. One is enough for `unknown`, if nothing is violated. */
  readonly vacuous: readonly string[]
  /** The sentence when all is well. */
  readonly holds: string
  readonly details: Details
}

/** A violation outweighs everything: it was seen. Without one, a check that saw too little is unknown. */
export function verdictOf({ name, violations, vacuous, holds, details }: Findings): CheckVerdict {
  if (violations.length > 0) return { name, valid: false, summary: violations.join('; '), details }
  if (vacuous.length > 0) return { name, valid: 'unknown', summary: vacuous.join('; '), details }
  return { name, valid: true, summary: holds, details }
}

const examplesMax = 5

/** `3 acknowledged transfers are missing on db-2 (k1, k2, k3)`; nothing for an empty list. */
export function violationOf(what: string, examples: readonly string[]): readonly string[] {
  if (examples.length === 0) return []
  const shown = examples.slice(0, examplesMax).join(', ')
  const more = examples.length > examplesMax ? ', ...' : ''
  return [`${formatCount(examples.length)} ${what} (${shown}${more})`]
}
