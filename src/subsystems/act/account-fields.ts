import { corelabError } from '../../kit/errors.js'
import { type AccountNo, customerIdBase } from '../../model/sub-tables.js'
import { type CallArgument, isGiven, numberField, textField } from '../../platform/argument.js'

/** Fields of accounts as they come in calls; each reader throws CALL_INVALID. */
export function accountNoField(argument: CallArgument, field = 'accountNo'): AccountNo {
  const accountNo = numberField(argument, field)
  const customerId = Math.floor(accountNo / 10)
  if (customerId >= customerIdBase && customerId < 2 * customerIdBase) return accountNo as AccountNo
  throw corelabError('CALL_INVALID', {
    message: `argument.${field} is ${accountNo}, allowed: eleven digits, the first is 1`,
  })
}

/** Three capital letters; the renminbi when it is not given. */
export function currencyField(argument: CallArgument): string {
  if (!isGiven(argument, 'currency')) return 'CNY'
  const allowed = 'three capital letters, like CNY'
  return textField(argument, 'currency', { pattern: /^[A-Z]{3}$/, lengthMax: 3, allowed })
}
