import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { BenchNode } from '../bench/bench-core.js'
import type { LoadRecord } from '../engine/load-record.js'
import { withNode } from './with-node.js'

/** By node; null when it does not answer. */
export type StatementTally = ReadonlyMap<string, NodeTally | null>

interface NodeTally {
  /** Prepared statements since the server began. */
  readonly executed: number
  /** When that was, by its own clock, to the second. */
  readonly begunAtS: number
}

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
  for (const [node, now] of after) {
    const earlier = before.get(node) ?? null
    if (now === null || earlier === null || now.begunAtS > earlier.begunAtS + clockSlackS)
      return { name, valid: true, summary: `cannot be told: ${node} was away in between` }
    executed += now.executed - earlier.executed
  }
  const { ok } = record.total
  const summary = `servers executed ${formatCount(executed)} statements, clients saw ${formatCount(ok)} answers`
  return { name, valid: executed >= ok, summary }
}

/** Two whole seconds are subtracted from each other. */
const clockSlackS = 1

const statementLimitMs = 5000

async function executedOn(node: BenchNode): Promise<NodeTally | null> {
  try {
    return await withNode(node, { statementLimitMs }, async (connection) => {
      const [clock] = await connection.query<{ nowS: number }>('SELECT UNIX_TIMESTAMP() AS nowS')
      const rows = await connection.query<{ Variable_name: string; Value: string }>(
        `SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_stmt_execute', 'Uptime')`,
      )
      const value = (name: string) => Number(rows.find((row) => row.Variable_name === name)?.Value)
      return {
        executed: value('Com_stmt_execute'),
        begunAtS: Number(clock?.nowS) - value('Uptime'),
      }
    })
  } catch {
    return null
  }
}
