import { corelabError } from '../kit/errors.js'
import { type Minor, minor } from '../kit/money.js'

/**
 * Readers of a call's argument, field by field. Numbers of the bank (ids, amounts) are decimal strings in JSON,
 * because JSON readers elsewhere round large integers. Each throws CALL_INVALID with the field, the value and what
 * is allowed.
 */
export type CallArgument = Readonly<Record<string, unknown>>

export function textField(
  argument: CallArgument,
  field: string,
  rule: { readonly pattern?: RegExp; readonly lengthMax: number; readonly allowed: string },
): string {
  const value = argument[field]
  const fits =
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= rule.lengthMax &&
    (rule.pattern?.test(value) ?? true)
  if (!fits) throw invalidField(argument, field, rule.allowed)
  return value
}

/** A positive integer of at most 15 digits, exact as a number. */
export function numberField(argument: CallArgument, field: string): number {
  const allowed = 'a string of 1 to 15 digits'
  return Number(textField(argument, field, { pattern: /^[1-9]\d*$/, lengthMax: 15, allowed }))
}

/** A positive amount in minor units. */
export function amountField(argument: CallArgument, field: string): Minor {
  const allowed = 'a positive amount in minor units, as a string of 1 to 18 digits'
  return minor(BigInt(textField(argument, field, { pattern: /^[1-9]\d*$/, lengthMax: 18, allowed })))
}

/** A small whole number with a default, given as a JSON number. */
export function countField(
  argument: CallArgument,
  field: string,
  rule: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const value = argument[field]
  if (value === undefined || value === null) return rule.otherwise
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= rule.min && value <= rule.max
  if (!fits) throw invalidField(argument, field, `a whole number from ${rule.min} to ${rule.max}`)
  return value
}

/** Unknown fields are refused: a misspelt optional field must not be ignored silently. */
export function refuseOtherFields(argument: CallArgument, known: readonly string[]): void {
  const unknown = Object.keys(argument).find((field) => !known.includes(field))
  if (unknown === undefined) return
  throw corelabError('CALL_INVALID', {
    message: `argument.${unknown} is not a field of this operation`,
    detail: `fields: ${known.join(', ')}`,
  })
}

export function isGiven(argument: CallArgument, field: string): boolean {
  return argument[field] !== undefined && argument[field] !== null
}

const shownLengthMax = 60

function invalidField(argument: CallArgument, field: string, allowed: string) {
  const shown = JSON.stringify(argument[field]) ?? 'nothing'
  const value = shown.length > shownLengthMax ? `${shown.slice(0, shownLengthMax)}...` : shown
  return corelabError('CALL_INVALID', { message: `argument.${field} is ${value}, allowed: ${allowed}` })
}
