import type { SqlConnection } from '../clients/mysql/connection.js'
import { mysqlErrno } from '../clients/mysql/outcome.js'
import { present } from '../kit/assert.js'
import { BusinessRefusal } from './business-refusal.js'
import { requestHash } from './request-hash.js'
import type { ServiceCall } from './service-call.js'
import { sqlTimestamp } from './sql-time.js'

export interface AppliedRequestOptions {
  /** The schema whose `applied_request` table keeps the answers, e.g. `cif`. */
  readonly schema: string
  readonly call: ServiceCall
  readonly nowMs: number
}

/**
 * Runs `work` once per idempotency key and legal entity, inside the caller's transaction: the answer is kept with the
 * change, so a repeat gets the same answer whatever happened to the first reply. Refuses the same key with another
 * request (IDEMPOTENCY_CONFLICT).
 */
export async function applyOnce<T>(
  connection: SqlConnection,
  { schema, call, nowMs }: AppliedRequestOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { le, idempotencyKey } = call.context
  const key = present(idempotencyKey, 'idempotency key')
  const operation = `${call.interfaceName.split('.').at(-1)}/${call.method}`
  const hash = requestHash({ operation, argument: call.argument })
  const [applied] = await connection.query<{ requestHash: string; answer: string }>(
    `SELECT request_hash AS requestHash, answer FROM ${schema}.applied_request
      WHERE le_code = ? AND idempotency_key = ?`,
    [le, key],
  )
  if (applied) {
    if (applied.requestHash !== hash) throw idempotencyConflict(key)
    return JSON.parse(applied.answer) as T
  }
  const answer = await work()
  const sql = `INSERT INTO ${schema}.applied_request
    (le_code, idempotency_key, operation, request_hash, answer, applied_at) VALUES (?, ?, ?, ?, ?, ?)`
  const row = [le, key, operation, hash, JSON.stringify(answer), sqlTimestamp(nowMs)]
  await connection.execute(sql, row).catch((error) => {
    // Equal requests take the same lock before they come here; whoever was first asked for something else.
    throw mysqlErrno(error) === 1062 ? idempotencyConflict(key) : error
  })
  return answer
}

export function idempotencyConflict(key: string): BusinessRefusal {
  return new BusinessRefusal('IDEMPOTENCY_CONFLICT', `the key ${key} was used for another request`)
}
