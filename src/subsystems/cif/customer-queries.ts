import type { SqlConnection } from '../../clients/mysql/connection.js'
import { corelabError } from '../../kit/errors.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import { isGiven, refuseOtherFields } from '../../platform/argument.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { customerIdField, identityField, mobileField } from './customer-fields.js'
import { customerOfIdentity, customersOfMobile } from './customer-routes.js'
import {
  type CustomerRow,
  type CustomerView,
  customerView,
  readCustomer,
  readCustomers,
} from './customer-row.js'

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
  const read = isGiven(argument, 'mobile')
    ? byMobile(mobileField(argument))
    : byIdentity(identityField(argument))
  const rows = await platform.dataSource.read(context.readMode, (connection) => read(connection, context.le))
  return { customers: rows.map(customerView) }
}

type CustomerReader = (connection: SqlConnection, le: LegalEntity) => Promise<CustomerRow[]>

function byMobile(mobile: string): CustomerReader {
  return (connection, le) => customersOfMobile(connection, le, { mobile, limit: listMax })
}

function byIdentity(identityNo: string): CustomerReader {
  return async (connection, le) => {
    const customerId = await customerOfIdentity(connection, le, identityNo)
    return customerId === null ? [] : readCustomers(connection, le, [customerId])
  }
}
