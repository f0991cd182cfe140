import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import {
  type CustomerId,
  subTableName,
  subTableOfIdentity,
  subTableOfMobile,
} from '../../model/sub-tables.js'
import { type CustomerRow, readCustomers } from './customer-row.js'

/** Routes lead to a customer from what people know: one look-up in the one sub-table that the value names. */

/** The customer of the entity with this identity number, or null. */
export async function customerOfIdentity(
  connection: SqlConnection,
  le: LegalEntity,
  identityNo: string,
): Promise<CustomerId | null> {
  const [route] = await connection.query<{ customerId: CustomerId }>(
    `SELECT customer_id AS customerId FROM ${identityRoutes(identityNo)} WHERE le_code = ? AND identity_no = ?`,
    [le, identityNo],
  )
  return route?.customerId ?? null
}

/** At most `limit` customers of the entity who have this mobile number now: a route stays when a number is changed. */
export async function customersOfMobile(
  connection: SqlConnection,
  le: LegalEntity,
  { mobile, limit }: { readonly mobile: string; readonly limit: number },
): Promise<CustomerRow[]> {
  const routes = await connection.query<{ customerId: CustomerId }>(
    `SELECT customer_id AS customerId FROM ${mobileRoutes(mobile)} WHERE le_code = ? AND mobile = ?
      ORDER BY customer_id LIMIT ${limit}`,
    [le, mobile],
  )
  const rows = await readCustomers(
    connection,
    le,
    routes.map(({ customerId }) => customerId),
  )
  return rows.filter((row) => row.mobile === mobile)
}

/** In the transaction that inserts the customer. */
export async function insertRoutes(
  connection: SqlConnection,
  le: LegalEntity,
  { customerId, identityNo, mobile }: Pick<CustomerRow, 'customerId' | 'identityNo' | 'mobile'>,
): Promise<void> {
  await connection.execute(
    `INSERT INTO ${identityRoutes(identityNo)} (le_code, identity_no, customer_id) VALUES (?, ?, ?)`,
    [le, identityNo, customerId],
  )
  await addMobileRoute(connection, le, { customerId, mobile })
}

/** In the transaction that gives the customer this number. Who takes an earlier one again has the route already. */
export async function addMobileRoute(
  connection: SqlConnection,
  le: LegalEntity,
  { customerId, mobile }: Pick<CustomerRow, 'customerId' | 'mobile'>,
): Promise<void> {
  await connection.execute(
    `INSERT INTO ${mobileRoutes(mobile)} (le_code, mobile, customer_id) VALUES (?, ?, ?)
      ON DUPLICATE KEY UPDATE customer_id = customer_id`,
    [le, mobile, customerId],
  )
}

function identityRoutes(identityNo: string): string {
  return `cif.${subTableName('route_identity', subTableOfIdentity(identityNo))}`
}

function mobileRoutes(mobile: string): string {
  return `cif.${subTableName('route_mobile', subTableOfMobile(mobile))}`
}
