import type { SqlConnection } from '../../clients/mysql/connection.js'
import { assert } from '../../kit/assert.js'
import { formatMinor, type Minor } from '../../kit/money.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import type { AccountNo } from '../../model/sub-tables.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'
import { type AccountRow, accountTable, activeStatus, entryTable, readAccount } from './account-row.js'

/** Money that moves from one account of an entity to another. */
export interface Posting {
  readonly le: LegalEntity
  readonly gsn: string
  readonly payer: AccountNo
  readonly payee: AccountNo
  /** Positive, in minor units of `currency`. */
  readonly amount: Minor
  readonly currency: string
  /** `DATETIME(3)`, UTC. */
  readonly bookedAt: string
  readonly summary: string
}

/** Both accounts of a posting, locked until the transaction ends. */
export interface LockedAccounts {
  readonly payer: AccountRow
  readonly payee: AccountRow
}

/**
 * Locks both accounts, always the lower number first, so that two transfers between the same accounts in opposite
 * directions wait for each other instead of deadlocking. Refuses unknown and foreign accounts.
 */
export async function lockAccounts(
  connection: SqlConnection,
  { le, payer, payee }: Pick<Posting, 'le' | 'payer' | 'payee'>,
): Promise<LockedAccounts> {
  const lock = (accountNo: AccountNo) => readAccount(connection, { le, accountNo }, { lock: true })
  if (payer < payee) return { payer: await lock(payer), payee: await lock(payee) }
  const payeeRow = await lock(payee)
  return { payer: await lock(payer), payee: payeeRow }
}

/**
 * The posting primitive: moves the amount between two locked accounts and writes one entry for each. Runs in the
 * caller's transaction. Refuses what the state of the accounts does not allow; then nothing was written.
 */
export async function post(
  connection: SqlConnection,
  posting: Posting,
  accounts: LockedAccounts,
): Promise<void> {
  for (const account of [accounts.payer, accounts.payee]) {
    if (account.status !== activeStatus)
      throw new BusinessRefusal('ACCOUNT_NOT_ACTIVE', `account ${account.accountNo} is not active`)
    if (account.currency !== posting.currency)
      throw new BusinessRefusal(
        'CURRENCY_MISMATCH',
        `account ${account.accountNo} is kept in ${account.currency}`,
      )
  }
  if (accounts.payer.balance < posting.amount) {
    const wanted = formatMinor(posting.amount)
    throw new BusinessRefusal('INSUFFICIENT_FUNDS', `account ${posting.payer} does not hold ${wanted}`)
  }
  await book(connection, posting, accounts.payer, -posting.amount)
  await book(connection, posting, accounts.payee, posting.amount)
}

async function book(
  connection: SqlConnection,
  { le, gsn, bookedAt, summary }: Posting,
  account: AccountRow,
  amount: bigint,
): Promise<void> {
  const { accountNo } = account
  const balance = account.balance + amount
  const rowVersion = account.rowVersion + 1
  const updated = await connection.execute(
    `UPDATE ${accountTable(accountNo)} SET balance = ?, row_version = ?
      WHERE le_code = ? AND account_no = ? AND row_version = ?`,
    [balance, rowVersion, le, accountNo, account.rowVersion],
  )
  assert(updated.affectedRows === 1, `account ${accountNo} changed under its lock`)
  await connection.execute(
    `INSERT INTO ${entryTable(accountNo)}
      (le_code, account_no, entry_no, gsn, booked_at, amount, balance_after, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [le, accountNo, rowVersion, gsn, bookedAt, amount, balance, summary],
  )
}
