import type { SqlConnection } from '../../clients/mysql/connection.js'
import { type LegalEntity, legalEntity, memberEntityCount } from '../../model/legal-entity.js'
import { type AccountNo, subTableName, subTableOfAccount } from '../../model/sub-tables.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'

/** A row of `act.settlement_account_NN`. Amounts in minor units. */
export interface AccountRow {
  readonly accountNo: AccountNo
  readonly customerId: number
  readonly accountClass: number
  readonly currency: string
  readonly balance: bigint
  readonly status: string
  readonly openedOn: string
  readonly rowVersion: number
}

export interface AccountKey {
  readonly le: LegalEntity
  readonly accountNo: AccountNo
}

export const activeStatus = 'A'

export const accountColumns = `account_no AS accountNo, customer_id AS customerId, account_class AS accountClass,
  currency, balance, status, opened_on AS openedOn, row_version AS rowVersion`

/** Reads an account of the entity, with `lock` for as long as the transaction; refuses when it has none of that number. */
export async function readAccount(
  connection: SqlConnection,
  key: AccountKey,
  options: { readonly lock: boolean },
): Promise<AccountRow> {
  const [row] = await connection.query<AccountRow & { balance: number | string }>(
    `SELECT ${accountColumns} FROM ${accountTable(key.accountNo)}
      WHERE le_code = ? AND account_no = ?${options.lock ? ' FOR UPDATE' : ''}`,
    [key.le, key.accountNo],
  )
  if (!row) throw await accountRefusal(connection, key)
  return { ...row, balance: BigInt(row.balance) }
}

export function accountTable(accountNo: AccountNo): string {
  return `act.${subTableName('settlement_account', subTableOfAccount(accountNo))}`
}

export function entryTable(accountNo: AccountNo): string {
  return `act.${subTableName('account_entry', subTableOfAccount(accountNo))}`
}

/** How an account looks outside: numbers of the bank are strings. */
export function accountView(row: AccountRow) {
  return {
    accountNo: row.accountNo.toString(),
    customerId: row.customerId.toString(),
    accountClass: row.accountClass,
    currency: row.currency,
    balance: row.balance.toString(),
    status: row.status,
    openedOn: row.openedOn,
    rowVersion: row.rowVersion,
  }
}

/** An account of another entity is told apart from one that does not exist: the first is a wrong `x-le`. */
async function accountRefusal(connection: SqlConnection, key: AccountKey): Promise<BusinessRefusal> {
  const entities = Array.from({ length: memberEntityCount + 1 }, (_, index) => legalEntity(index))
  const [elsewhere] = await connection.query<{ le: string }>(
    `SELECT le_code AS le FROM ${accountTable(key.accountNo)}
      WHERE le_code IN (${entities.map(() => '?').join(', ')}) AND account_no = ?`,
    [...entities, key.accountNo],
  )
  return elsewhere
    ? new BusinessRefusal('ENTITY_MISMATCH', `account ${key.accountNo} does not belong to entity ${key.le}`)
    : new BusinessRefusal('ACCOUNT_UNKNOWN', `there is no account ${key.accountNo} in entity ${key.le}`)
}
