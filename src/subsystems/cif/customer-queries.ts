import { corelabError } from '../../kit/errors.js'
import { isGiven, refuseOtherFields } from '../../platform/argument.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { customerIdField, identityField, mobileField } from './customer-fields.js'
import { type CustomerView, customerView, findCustomers, readCustomer } from './customer-row.js'

/** `PersonService/get` */
export async function getCustomer(call: ServiceCall, platform: SubsystemPlatform): Promise<CustomerView> {
  refuseOtherFields(call.argument, ['customerId'])
  const { le, readMode } = call.context
  const key = { le, customerId: customerIdField(call.argument) }
  return platform.dataSource.read(readMode, async (connection) =>
    customerView(await readCustomer(connection, key, { lock: false })),
  )
}

/** A mobile number may be shared in a family; more than this many customers are not listed. */
const listMax = 50

/** `PersonService/list`: by mobile or by identity number, within the entity. */
export async function listCustomers(
  call: ServiceCall,
  platform: SubsystemPlatform,
): Promise<{ customers: CustomerView[] }> {
  const { argument, context } = call
  refuseOtherFields(argument, ['mobile', 'identityNo'])
  if (isGiven(argument, 'mobile') === isGiven(argument, 'identityNo'))
    throw corelabError('CALL_INVALID', { message: 'argument needs either mobile or identityNo' })
  const wanted = isGiven(argument, 'mobile')
    ? ({ column: 'mobile', value: mobileField(argument) } as const)
    : ({ column: 'identity_no', value: identityField(argument) } as const)
  const rows = await platform.dataSource.read(context.readMode, (connection) =>
    findCustomers(connection, { le: context.le, ...wanted, limit: listMax }),
  )
  return { customers: rows.map(customerView) }
}
