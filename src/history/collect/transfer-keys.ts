import type { SqlConnection } from '../../clients/mysql/connection.js'
import { assert } from '../../kit/assert.js'

/** The idempotency keys of one run that have a transfer on the connection's node. */
export async function collectTransferKeys(
  connection: SqlConnection,
  keyPrefix: string,
): Promise<ReadonlySet<string>> {
  assert(/^[A-Za-z0-9-]+$/.test(keyPrefix), `a key prefix must not hold wildcards: ${keyPrefix}`)
  const rows = await connection.query<{ key: string }>(
    'SELECT idempotency_key AS `key` FROM pay.transfer WHERE idempotency_key LIKE ?',
    [`${keyPrefix}%`],
  )
  return new Set(rows.map(({ key }) => key))
}
