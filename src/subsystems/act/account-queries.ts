import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import { accountNoOf, type CustomerId } from '../../model/sub-tables.js'
import { refuseOtherFields } from '../../platform/argument.js'
import type { ServiceCall, SubsystemPlatform } from '../../platform/service-call.js'
import { customerIdField } from '../cif/customer-fields.js'
import { accountNoField } from './account-fields.js'
import { type AccountRow, accountColumns, accountTable, accountView, readAccount } from './account-row.js'

/** `SettlementAccountService/get` */
export async function getAccount(call: ServiceCall, platform: SubsystemPlatform) {
  return accountView(await accountAsked(call, platform))
}

/** `SettlementAccountService/summary`: the balance. Nothing is held back in this version, so all of it is available. */
export async function summariseAccount(call: ServiceCall, platform: SubsystemPlatform) {
  const { accountNo, currency, balance, available, status, rowVersion } = await accountAsked(
    call,
    platform,
  ).then((row) => ({ ...accountView(row), available: row.balance.toString() }))
  return { accountNo, currency, balance, available, status, rowVersion }
}

/** `SettlementAccountService/list`: the accounts of a customer in the entity. */
export async function listAccounts(call: ServiceCall, platform: SubsystemPlatform) {
  refuseOtherFields(call.argument, ['customerId'])
  const { le, readMode } = call.context
  const customerId = customerIdField(call.argument)
  const rows = await platform.dataSource.read(readMode, (connection) =>
    accountsOfCustomer(connection, { le, customerId }),
  )
  return { accounts: rows.map(accountView) }
}

/** In the order of their numbers: a range of the primary key, because an account's number begins with its owner's. */
export async function accountsOfCustomer(
  connection: SqlConnection,
  { le, customerId }: { readonly le: LegalEntity; readonly customerId: CustomerId },
): Promise<AccountRow[]> {
  const first = accountNoOf(customerId, 0)
  const rows = await connection.query<AccountRow & { balance: number | string }>(
    `SELECT ${accountColumns} FROM ${accountTable(first)}
      WHERE le_code = ? AND account_no BETWEEN ? AND ? ORDER BY account_no`,
    [le, first, accountNoOf(customerId, 9)],
  )
  return rows.map((row) => ({ ...row, balance: BigInt(row.balance) }))
}

async function accountAsked(call: ServiceCall, platform: SubsystemPlatform): Promise<AccountRow> {
  refuseOtherFields(call.argument, ['accountNo'])
  const { le, readMode } = call.context
  const key = { le, accountNo: accountNoField(call.argument) }
  return platform.dataSource.read(readMode, (connection) => readAccount(connection, key, { lock: false }))
}
