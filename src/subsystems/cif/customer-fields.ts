import { corelabError } from '../../kit/errors.js'
import type { CustomerId } from '../../model/sub-tables.js'
import { customerIdBase } from '../../model/sub-tables.js'
import { type CallArgument, numberField, textField } from '../../platform/argument.js'
import { isResidentId } from '../../population/resident-id.js'

/** Fields of customers as they come in calls; each reader throws CALL_INVALID. */
export function customerIdField(argument: CallArgument): CustomerId {
  const customerId = numberField(argument, 'customerId')
  if (customerId >= customerIdBase && customerId < 2 * customerIdBase) return customerId as CustomerId
  throw corelabError('CALL_INVALID', {
    message: `argument.customerId is ${customerId}, allowed: ten digits, the first is 1`,
  })
}

export function nameField(argument: CallArgument): string {
  return textField(argument, 'name', { lengthMax: 64, allowed: 'a text of 1 to 64 characters' })
}

export function mobileField(argument: CallArgument): string {
  const allowed = '11 digits, the first is 1'
  return textField(argument, 'mobile', { pattern: /^1\d{10}$/, lengthMax: 11, allowed })
}

export function addressField(argument: CallArgument): string {
  return textField(argument, 'address', { lengthMax: 160, allowed: 'a text of 1 to 160 characters' })
}

/** A resident identity number with a right check character. */
export function identityField(argument: CallArgument): string {
  const allowed = '17 digits and a check character (0-9 or X)'
  const identityNo = textField(argument, 'identityNo', { pattern: /^\d{17}[\dX]$/, lengthMax: 18, allowed })
  if (isResidentId(identityNo)) return identityNo
  throw corelabError('CALL_INVALID', { message: 'argument.identityNo has a wrong check character' })
}

/** What an identity number says of its holder. Throws CALL_INVALID when its date is none. */
export function holderOf(identityNo: string): { countyCode: string; birthDate: string; sex: 'M' | 'F' } {
  const birthDate = `${identityNo.slice(6, 10)}-${identityNo.slice(10, 12)}-${identityNo.slice(12, 14)}`
  const date = new Date(`${birthDate}T00:00:00Z`)
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(birthDate))
    throw corelabError('CALL_INVALID', {
      message: `argument.identityNo holds ${birthDate}, which is not a date`,
    })
  const sex = Number(identityNo[16]) % 2 === 1 ? 'M' : 'F'
  return { countyCode: identityNo.slice(0, 6), birthDate, sex }
}
