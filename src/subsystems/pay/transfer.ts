import type { SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import type { Minor } from '../../kit/money.js'
import type { LegalEntity } from '../../model/legal-entity.js'
import type { AccountNo } from '../../model/sub-tables.js'
import { idempotencyConflict } from '../../platform/applied-request.js'
import { BusinessRefusal } from '../../platform/business-refusal.js'
import type { DataSource } from '../../platform/data-source.js'
import { requestHash } from '../../platform/request-hash.js'
import { isoOfSql, sqlTimestamp } from '../../platform/sql-time.js'
import { lockAccounts, post } from '../act/posting.js'

/** A transfer between two accounts of one legal entity. */
export interface TransferRequest {
  readonly le: LegalEntity
  /** 1 to 64 characters of ASCII; names this wish for ever. */
  readonly idempotencyKey: string
  readonly payerAccount: AccountNo
  readonly payeeAccount: AccountNo
  /** Positive, in minor units. */
  readonly amount: Minor
  readonly currency?: string | undefined
  readonly summary?: string | undefined
  /** The serial number under which it is booked, if this is the first time. */
  readonly gsn: string
  /** Wall-clock time of the booking. */
  readonly atMs: number
}

export interface TransferReceipt {
  readonly gsn: string
  readonly le: LegalEntity
  readonly idempotencyKey: string
  readonly payerAccount: AccountNo
  readonly payeeAccount: AccountNo
  readonly amount: bigint
  readonly status: string
  /** ISO 8601. */
  readonly createdAt: string
  /** True when the money had already moved before this call. */
  readonly replayed: boolean
}

/**
 * Moves the money, once for all calls with the same key, in one transaction on the master. Throws
 *
 * - BusinessRefusal: nothing moved, and nothing is recorded: the same call may succeed later;
 * - NO_MASTER, DATABASE_UNREACHABLE, DATABASE_REFUSED: nothing moved;
 * - WRITE_OUTCOME_UNKNOWN: it may have moved; `resolveTransfer`, or the same call again, tells.
 */
export async function transfer(dataSource: DataSource, request: TransferRequest): Promise<TransferReceipt> {
  try {
    return await dataSource.write((connection) => transferInTransaction(connection, request))
  } catch (error) {
    if (mysqlErrno(error) !== 1062) throw error
    // The same key came with other accounts at the same moment, so no row lock brought the two in order.
    const known = await dataSource.read('master', (connection) => findRecorded(connection, request))
    if (!known) throw error
    return replay(known, request)
  }
}

/** The same inside a transaction that the caller has begun and will commit. */
export async function transferInTransaction(
  connection: SqlConnection,
  request: TransferRequest,
): Promise<TransferReceipt> {
  const { le, payerAccount, payeeAccount, amount, gsn } = request
  if (payerAccount === payeeAccount)
    throw new BusinessRefusal('SAME_ACCOUNT', 'payer and payee are the same account')
  const accounts = await lockAccounts(connection, { le, payer: payerAccount, payee: payeeAccount })
  // Looked for only now: equal requests have just waited for each other at the payer's row.
  const known = await findRecorded(connection, request)
  if (known) return replay(known, request)

  const bookedAt = sqlTimestamp(request.atMs)
  const posting = { le, gsn, payer: payerAccount, payee: payeeAccount, amount, bookedAt }
  const summary = request.summary ?? 'transfer'
  await post(connection, { ...posting, currency: request.currency ?? 'CNY', summary }, accounts)
  await connection.execute(
    `INSERT INTO pay.transfer
      (le_code, idempotency_key, gsn, payer_account, payee_account, amount, status, request_hash, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      le,
      request.idempotencyKey,
      gsn,
      payerAccount,
      payeeAccount,
      amount,
      succeeded,
      hashOf(request),
      bookedAt,
    ],
  )
  return {
    gsn,
    le,
    idempotencyKey: request.idempotencyKey,
    payerAccount,
    payeeAccount,
    amount,
    status: succeeded,
    createdAt: isoOfSql(bookedAt),
    replayed: false,
  }
}

/** A recorded transfer with the hash of what was asked for. */
export interface RecordedTransfer extends TransferReceipt {
  readonly requestHash: string
}

/**
 * What became of a transfer whose outcome is unknown: its receipt, or null = no money moved and none will. Waits, on
 * the master, for a commit that is still under way. Throws NO_MASTER when that takes too long: ask again.
 */
export function resolveTransfer(dataSource: DataSource, key: TransferKey): Promise<TransferReceipt | null> {
  const by = { column: 'idempotency_key', value: key.idempotencyKey } as const
  return dataSource.read('master', (connection) => readTransfer(connection, key.le, { ...by, settled: true }))
}

export type TransferKey = Pick<TransferRequest, 'le' | 'idempotencyKey'>

/** A recorded transfer with the hash of what was asked for. */
export interface RecordedTransfer extends TransferReceipt {
  readonly requestHash: string
}

/** One transfer of the entity, or null. `settled` waits for a transaction that is about to record it. */
export async function readTransfer(
  connection: SqlConnection,
  le: LegalEntity,
  by: { readonly column: 'idempotency_key' | 'gsn'; readonly value: string; readonly settled?: boolean },
): Promise<RecordedTransfer | null> {
  const [row] = await connection.query<TransferRow>(
    `SELECT idempotency_key AS idempotencyKey, gsn, payer_account AS payerAccount, payee_account AS payeeAccount,
        amount, status, request_hash AS requestHash, created_at AS createdAt
       FROM pay.transfer WHERE le_code = ? AND ${by.column} = ?${by.settled ? ' LOCK IN SHARE MODE' : ''}`,
    [le, by.value],
  )
  if (!row) return null
  return { ...row, le, amount: BigInt(row.amount), createdAt: isoOfSql(row.createdAt), replayed: true }
}

function findRecorded(connection: SqlConnection, { le, idempotencyKey }: TransferKey) {
  return readTransfer(connection, le, { column: 'idempotency_key', value: idempotencyKey })
}

type TransferRow = Omit<RecordedTransfer, 'le' | 'amount' | 'replayed'> & { readonly amount: number | string }

const succeeded = 'S'

function replay(
  { requestHash: recorded, ...receipt }: RecordedTransfer,
  request: TransferRequest,
): TransferReceipt {
  if (recorded !== hashOf(request)) throw idempotencyConflict(request.idempotencyKey)
  return receipt
}

function hashOf(request: TransferRequest): string {
  return requestHash({
    payerAccount: request.payerAccount,
    payeeAccount: request.payeeAccount,
    amount: request.amount.toString(),
    currency: request.currency ?? 'CNY',
    summary: request.summary ?? 'transfer',
  })
}
