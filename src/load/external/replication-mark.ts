import type { SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import type { Context } from '../../kit/context.js'

/**
 * Who replicates is seen by a row: it needs no more rights than the rest of a benchmark, and works with and without
 * GTIDs. `mark` has one row for each look.
 */
export function makeMarks(master: SqlConnection, schema: string): Promise<unknown> {
  return master.execute(`CREATE TABLE ${schema}.mark (n BIGINT NOT NULL, PRIMARY KEY (n)) ENGINE=InnoDB`)
}

/** A server, and a session with it. */
export interface MarkReader {
  readonly node: string
  readonly connection: SqlConnection
}

/** How long a reader may need for a row before a run, when nothing else is written by us. */
export const replicationLimitMs = 10_000

const lookMs = 50

/**
 * Writes a row on the master, and waits up to `limitMs` until the readers show it. Answers the names of those who did.
 * Throws what the master's connection throws.
 */
export async function whoShowsMark(
  { master, schema }: { readonly master: SqlConnection; readonly schema: string },
  readers: readonly MarkReader[],
  { limitMs, clock, signal }: Pick<Context, 'clock' | 'signal'> & { readonly limitMs: number },
): Promise<ReadonlySet<string>> {
  if (readers.length === 0) return new Set()
  const [last] = await master.query<{ n: number }>(`SELECT COALESCE(MAX(n), 0) AS n FROM ${schema}.mark`)
  const n = Number(last?.n ?? 0) + 1
  await master.execute(`INSERT INTO ${schema}.mark VALUES (${n})`)
  const deadlineMs = clock.monotonicMs() + limitMs
  const shows = await Promise.all(
    readers.map(async ({ connection }) => {
      while (!(await hasMark(connection, schema, n))) {
        if (clock.monotonicMs() >= deadlineMs) return false
        await clock.sleep(lookMs, signal)
      }
      return true
    }),
  )
  return new Set(readers.flatMap(({ node }, index) => (shows[index] ? [node] : [])))
}

/** Schema and table come by replication too; before that, some servers say that one may not look. */
export const notYet: ReadonlySet<number> = new Set([1044, 1049, 1142, 1146])

async function hasMark(connection: SqlConnection, schema: string, n: number): Promise<boolean> {
  try {
    const rows = await connection.query(`SELECT n FROM ${schema}.mark WHERE n = ${n}`)
    return rows.length > 0
  } catch (error) {
    if (notYet.has(mysqlErrno(error) ?? 0)) return false
    throw error
  }
}
