import { refuseOtherFields, textField } from '../../platform/argument.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { readTransfer, resolveTransfer } from './transfer.js'
import { type TransferView, transferView } from './transfer-view.js'

/** `IntraEntityTransferService/get`: by the serial number under which it was booked. */
export async function getTransfer(call: ServiceCall, platform: SubsystemPlatform): Promise<TransferView> {
  const { argument, context } = call
  refuseOtherFields(argument, ['gsn'])
  const rule = { pattern: /^[0-9A-Z]{26}$/, lengthMax: 26, allowed: '26 digits and capital letters' }
  const gsn = textField(argument, 'gsn', rule)
  const known = await platform.dataSource.read(context.readMode, (connection) =>
    readTransfer(connection, context.le, { column: 'gsn', value: gsn }),
  )
  if (known) return transferView(known)
  throw new BusinessRefusal('TRANSFER_UNKNOWN', `no transfer ${gsn} is known in entity ${context.le}`)
}

/**
 * `IntraEntityTransferService/queryByRequestId`: what became of a submit whose answer was lost. Always asks the master,
 * where a commit that is still under way is waited for, so that "not known" means that no money moved.
 */
export async function queryTransfer(call: ServiceCall, platform: SubsystemPlatform): Promise<TransferView> {
  const { argument, context } = call
  refuseOtherFields(argument, ['requestId'])
  const rule = { lengthMax: 64, allowed: 'the idempotency key of the submit' }
  const idempotencyKey = textField(argument, 'requestId', rule)
  const known = await resolveTransfer(platform.dataSource, { le: context.le, idempotencyKey })
  if (known) return transferView(known)
  throw new BusinessRefusal('TRANSFER_UNKNOWN', `no money moved under the key ${idempotencyKey}`)
}
