import { present } from '../../kit/assert.js'
import { amountField, isGiven, refuseOtherFields, textField } from '../../platform/argument.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { accountNoField, currencyField } from '../act/account-fields.js'
import { transfer } from './transfer.js'
import { type TransferView, transferView } from './transfer-view.js'

/**
 * `IntraEntityTransferService/submit`: moves money between two accounts of the caller's legal entity. The same key
 * with the same argument gets the same answer; a refusal is not kept, so the call may succeed later.
 */
export async function submitTransfer(call: ServiceCall, platform: SubsystemPlatform): Promise<TransferView> {
  const { argument, context } = call
  refuseOtherFields(argument, ['payerAccount', 'payeeAccount', 'amount', 'currency', 'summary'])
  const receipt = await transfer(platform.dataSource, {
    le: context.le,
    idempotencyKey: present(context.idempotencyKey, 'idempotency key'),
    payerAccount: accountNoField(argument, 'payerAccount'),
    payeeAccount: accountNoField(argument, 'payeeAccount'),
    amount: amountField(argument, 'amount'),
    currency: currencyField(argument),
    ...(isGiven(argument, 'summary') ? { summary: summaryField(argument) } : {}),
    gsn: context.gsn,
    atMs: platform.clock.wallMs(),
  })
  return transferView(receipt)
}

function summaryField(argument: ServiceCall['argument']): string {
  return textField(argument, 'summary', { lengthMax: 64, allowed: 'a text of 1 to 64 characters' })
}
