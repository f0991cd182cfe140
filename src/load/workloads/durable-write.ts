import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Random } from '../../kit/random.js'
import type { DriverSession, PreparedStatement } from '../drivers/driver.js'
import type { OperationOutcome } from '../load-run.js'
import type { LoadSession } from '../load-session.js'

/** So many that clients seldom wait for each other's row, and still all in memory. */
export const kvRowCount = 10_000
const rowsPerInsert = 1000

/** Outside a transaction, so the statement commits itself: one durable commit per operation. */
export const durableWriteStatement: PreparedStatement = updateStatementOf('bench')

export function updateStatementOf(schema: string): PreparedStatement {
  return { sql: `UPDATE ${schema}.kv SET value = value + 1 WHERE id = ?`, kind: 'write' }
}

/** One client that adds 1 to random rows of `bench.kv`. */
export class DurableWriteSession implements LoadSession {
  readonly #values: number[] = [0]

  constructor(
    private readonly session: DriverSession,
    private readonly random: Random,
  ) {}

  run(done: (outcome: OperationOutcome) => void): void {
    this.#values[0] = this.random.below(kvRowCount)
    this.session.execute(0, this.#values, done)
  }

  close(): Promise<void> {
    return this.session.close()
  }
}

/** Makes the rows that are missing. Idempotent. */
export async function fillBenchTable(connection: SqlConnection, schema = 'bench'): Promise<void> {
  const [found] = await connection.query<{ rows: number }>(`SELECT COUNT(*) AS \`rows\` FROM ${schema}.kv`)
  if (Number(found?.rows) === kvRowCount) return
  for (let first = 0; first < kvRowCount; first += rowsPerInsert) {
    const rows = Array.from(
      { length: rowsPerInsert },
      (_, index) => `(${first + index}, 0, REPEAT('x', 100))`,
    )
    await connection.execute(`INSERT IGNORE INTO ${schema}.kv (id, value, payload) VALUES ${rows.join(', ')}`)
  }
}

/** How many updates the table has seen: what a run did is the difference. */
export async function updatesSeen(connection: SqlConnection, schema = 'bench'): Promise<number> {
  const [found] = await connection.query<{ updates: string }>(
    `SELECT COALESCE(SUM(value), 0) AS updates FROM ${schema}.kv`,
  )
  return Number(found?.updates ?? 0)
}
