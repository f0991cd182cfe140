import { corelabError } from '../../kit/errors.js'
import { applyOnce } from '../../platform/applied-request.js'
import { isGiven, refuseOtherFields } from '../../platform/argument.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { addressField, customerIdField, mobileField } from './customer-fields.js'
import { addMobileRoute } from './customer-routes.js'
import { type CustomerView, customerTable, customerView, readCustomer } from './customer-row.js'

/** `PersonService/update`: a new mobile number, a new address, or both. */
export async function updateContact(call: ServiceCall, platform: SubsystemPlatform): Promise<CustomerView> {
  const { argument, context } = call
  refuseOtherFields(argument, ['customerId', 'mobile', 'address'])
  const key = { le: context.le, customerId: customerIdField(argument) }
  const change = {
    ...(isGiven(argument, 'mobile') ? { mobile: mobileField(argument) } : {}),
    ...(isGiven(argument, 'address') ? { address: addressField(argument) } : {}),
  }
  if (Object.keys(change).length === 0)
    throw corelabError('CALL_INVALID', { message: 'argument needs mobile, address, or both' })
  const nowMs = platform.clock.wallMs()
  return platform.dataSource.write(async (connection) => {
    const before = await readCustomer(connection, key, { lock: true })
    return applyOnce(connection, { schema: 'cif', call, nowMs }, async () => {
      const after = { ...before, ...change, rowVersion: before.rowVersion + 1 }
      await connection.execute(
        `UPDATE ${customerTable(key.customerId)} SET mobile = ?, address = ?, row_version = ?
          WHERE le_code = ? AND customer_id = ?`,
        [after.mobile, after.address, after.rowVersion, key.le, key.customerId],
      )
      if (after.mobile !== before.mobile) await addMobileRoute(connection, key.le, after)
      return customerView(after)
    })
  })
}
