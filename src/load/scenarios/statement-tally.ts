import { openConnection } from '../../clients/mysql/connection.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import { type BenchNode, targetOf } from '../bench/bench-core.js'
import type { LoadRecord } from '../engine/load-record.js'

/** By node: prepared statements that it has executed since it started; null when it does not answer. */
export type StatementTally = ReadonlyMap<string, number | null>

export async function tallyStatements(nodes: readonly BenchNode[]): Promise<StatementTally> {
  return new Map(await Promise.all(nodes.map(async (node) => [node.name, await executedOn(node)] as const)))
}

/**
 * No client may count an answer that no server has given. Others use the servers too, so these may have executed more. A
 * server that started anew or does not answer has forgotten what it executed; then nothing can be said.
 */
export function statementCheck(
  record: LoadRecord,
  { before, after }: { readonly before: StatementTally; readonly after: StatementTally },
): BenchCheck {
  const name = 'servers executed what clients counted'
  let executed = 0
  for (const [node, count] of after) {
    const earlier = before.get(node) ?? null
    if (count === null || earlier === null || count < earlier)
      return { name, valid: true, summary: `cannot be told: ${node} was away in between` }
    executed += count - earlier
  }
  const { ok } = record.total
  const summary = `servers executed ${formatCount(executed)} statements, clients saw ${formatCount(ok)} answers`
  return { name, valid: executed >= ok, summary }
}

const limits = { connectTimeoutMs: 5000, statementLimitMs: 5000 }

async function executedOn(node: BenchNode): Promise<number | null> {
  const target = targetOf(node, node.socketPath === null ? 'tcp' : 'unix-socket')
  try {
    const connection = await openConnection(target, limits)
    try {
      const [row] = await connection.query<{ Value: string }>(
        `SHOW GLOBAL STATUS WHERE Variable_name = 'Com_stmt_execute'`,
      )
      return row ? Number(row.Value) : null
    } finally {
      await connection.close()
    }
  } catch {
    return null
  }
}
