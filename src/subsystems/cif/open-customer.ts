import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import type { CustomerId } from '../../model/sub-tables.js'
import { openedCustomerIdBase } from '../../model/sub-tables.js'
import { applyOnce } from '../../platform/applied-request.js'
import { refuseOtherFields } from '../../platform/argument.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { dayOf } from '../../platform/sql-time.js'
import { addressField, holderOf, identityField, mobileField, nameField } from './customer-fields.js'
import { customerOfIdentity, insertRoutes } from './customer-routes.js'
import {
  activeCustomer,
  type CustomerRow,
  type CustomerView,
  customerTable,
  customerView,
  subTables,
} from './customer-row.js'

/**
 * `PersonService/create`: opens a customer. One person is one customer of an entity, so a second with the same
 * identity number is refused, with the number of the first.
 */
export async function openCustomer(call: ServiceCall, platform: SubsystemPlatform): Promise<CustomerView> {
  const { argument, context } = call
  refuseOtherFields(argument, ['name', 'identityNo', 'mobile', 'address'])
  const identityNo = identityField(argument)
  const person = {
    name: nameField(argument),
    identityNo,
    mobile: mobileField(argument),
    address: addressField(argument),
    ...holderOf(identityNo),
  }
  const nowMs = platform.clock.wallMs()
  const openedOn = context.businessDate ?? dayOf(nowMs)
  return platform.dataSource.write(
    (connection) =>
      applyOnce(connection, { schema: 'cif', call, nowMs }, async () => {
        await refuseKnownIdentity(connection, context.le, identityNo)
        const customerId = await nextCustomerId(connection, context.le)
        const row = { customerId, ...person, openedOn, status: activeCustomer, rowVersion: 0 }
        await insertCustomer(connection, context.le, row)
        await insertRoutes(connection, context.le, row)
        return customerView(row)
      }),
    // Neither "no such identity yet" nor "the next number" is a row that could be locked.
    { lockName: `cif:${context.le}` },
  )
}

const openedIdsPerEntity = 1_000_000

async function refuseKnownIdentity(
  connection: SqlConnection,
  le: LegalEntity,
  identityNo: string,
): Promise<void> {
  const known = await customerOfIdentity(connection, le, identityNo)
  if (known !== null)
    throw new BusinessRefusal('IDENTITY_TAKEN', `this identity is customer ${known} of entity ${le}`)
}

/** One more than the largest given so far in the entity's block; each entity has a block of its own. */
async function nextCustomerId(connection: SqlConnection, le: LegalEntity): Promise<CustomerId> {
  const first = openedCustomerIdBase + Number(le.slice(1)) * openedIdsPerEntity
  const end = first + openedIdsPerEntity
  const branches = subTables.map(
    (table) =>
      `(SELECT MAX(customer_id) AS id FROM ${table} WHERE le_code = ? AND customer_id >= ? AND customer_id < ?)`,
  )
  const [row] = await connection.query<{ id: number | null }>(
    `SELECT MAX(id) AS id FROM (${branches.join(' UNION ALL ')}) AS block`,
    subTables.flatMap(() => [le, first, end]),
  )
  const next = (row?.id ?? first - 1) + 1
  if (next < end) return next as CustomerId
  throw new BusinessRefusal('ENTITY_FULL', `entity ${le} has no customer number left`)
}

async function insertCustomer(connection: SqlConnection, le: LegalEntity, row: CustomerRow): Promise<void> {
  await connection.execute(
    `INSERT INTO ${customerTable(row.customerId)}
      (le_code, customer_id, name, sex, birth_date, identity_no, mobile, county_code, address, opened_on, status,
       row_version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      le,
      row.customerId,
      row.name,
      row.sex,
      row.birthDate,
      row.identityNo,
      row.mobile,
      row.countyCode,
      row.address,
      row.openedOn,
      row.status,
      row.rowVersion,
    ],
  )
}
