import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { PreparedStatement } from '../drivers/driver.js'

/** So many that clients seldom wait for each other's row, and still all in memory. */
export const kvRowCount = 10_000
const rowsPerInsert = 1000

/** Outside a transaction, so the statement commits itself: one durable commit per operation. */
export function updateStatementOf(schema: string): PreparedStatement {
  return { sql: `UPDATE ${schema}.kv SET value = value + 1 WHERE id = ?`, kind: 'write' }
}

/** Makes the rows that are missing. Idempotent. */
export async function fillBenchTable(connection: SqlConnection, schema: string): Promise<void> {
  const [found] = await connection.query<{ rows: number }>(`SELECT COUNT(*) AS \`rows\` FROM ${schema}.kv`)
  if (Number(found?.rows) === kvRowCount) return
  for (let first = 0; first < kvRowCount; first += rowsPerInsert) {
    const rows = Array.from(
      { length: rowsPerInsert },
      (_, index) => `(${first + index}, 0, REPEAT('x', 100))`,
    )
    await connection.execute(`INSERT IGNORE INTO ${schema}.kv (id, value, payload) VALUES ${rows.join(', ')}`)
  }
  // Servers estimate a table's size again after ten seconds, and a figure names it. Replicas do it too.
  await connection.query(`ANALYZE TABLE ${schema}.kv`)
}

/** How many updates the table has seen: what a run did is the difference. */
export async function updatesSeen(connection: SqlConnection, schema: string): Promise<number> {
  const [found] = await connection.query<{ updates: string }>(
    `SELECT COALESCE(SUM(value), 0) AS updates FROM ${schema}.kv`,
  )
  return Number(found?.updates ?? 0)
}
