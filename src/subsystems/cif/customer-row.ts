import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import { type CustomerId, subTableCount, subTableName, subTableOfCustomer } from '../../model/sub-tables.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'

/** A row of `cif.customer_NN`. */
export interface CustomerRow {
  readonly customerId: CustomerId
  readonly name: string
  readonly sex: string
  readonly birthDate: string
  readonly identityNo: string
  readonly mobile: string
  readonly countyCode: string
  readonly address: string
  readonly openedOn: string
  readonly status: string
  readonly rowVersion: number
}

/** How a customer looks outside: numbers of the bank are strings. */
export type CustomerView = Omit<CustomerRow, 'customerId'> & { readonly customerId: string }

export const activeCustomer = 'A'

/** Reads a customer of the entity, with `lock` for as long as the transaction. Refuses when there is none. */
export async function readCustomer(
  connection: SqlConnection,
  key: { readonly le: LegalEntity; readonly customerId: CustomerId },
  options: { readonly lock: boolean },
): Promise<CustomerRow> {
  const [row] = await connection.query<CustomerRow>(
    `SELECT ${columns} FROM ${customerTable(key.customerId)}
      WHERE le_code = ? AND customer_id = ?${options.lock ? ' FOR UPDATE' : ''}`,
    [key.le, key.customerId],
  )
  if (row) return row
  throw new BusinessRefusal('CUSTOMER_UNKNOWN', `there is no customer ${key.customerId} in entity ${key.le}`)
}

/** Customers of the entity by their numbers, in ascending order. Numbers that nobody has are left out. */
export async function readCustomers(
  connection: SqlConnection,
  le: LegalEntity,
  customerIds: readonly CustomerId[],
): Promise<CustomerRow[]> {
  const rows: CustomerRow[] = []
  for (const customerId of [...customerIds].sort((a, b) => a - b)) {
    rows.push(
      ...(await connection.query<CustomerRow>(
        `SELECT ${columns} FROM ${customerTable(customerId)} WHERE le_code = ? AND customer_id = ?`,
        [le, customerId],
      )),
    )
  }
  return rows
}

export function customerTable(customerId: CustomerId): string {
  return `cif.${subTableName('customer', subTableOfCustomer(customerId))}`
}

/** All sub-tables, for the few statements that must ask each of them. */
export const subTables: readonly string[] = Array.from(
  { length: subTableCount },
  (_, subTable) => `cif.${subTableName('customer', subTable)}`,
)

export function customerView(row: CustomerRow): CustomerView {
  return { ...row, customerId: row.customerId.toString() }
}

const columns = `customer_id AS customerId, name, sex, birth_date AS birthDate, identity_no AS identityNo, mobile,
  county_code AS countyCode, address, opened_on AS openedOn, status, row_version AS rowVersion`
