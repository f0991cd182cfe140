import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck, Outcomes } from '../../model/bench-result.js'
import type { BenchCore } from '../bench/bench-core.js'
import { withSettledNodes } from '../bench/nodes-now.js'
import { updatesSeen } from '../workloads/kv-table.js'

/** What writing operations of a run were told to have done, warm-up and drain included. */
export interface ToldWrites extends Outcomes {
  /** Given up on while under way. */
  readonly abandoned: number
}

export type WriteKind = 'update' | 'insert'

/** Updates or rows that the tables show, counted on the master before and after a run. */
export async function effectsSeen(
  connection: SqlConnection,
  schema: string,
  kind: WriteKind,
): Promise<number> {
  if (kind === 'update') return updatesSeen(connection, schema)
  const [row] = await connection.query<{ count: number }>(`SELECT COUNT(*) AS count FROM ${schema}.entry`)
  return Number(row?.count ?? 0)
}

/** Counts on the master before the run. Throws what connecting throws. */
export function effectsBefore(core: BenchCore, kind: WriteKind, context: Context): Promise<number> {
  return withSettledNodes(core, context, async ({ nodes: [master] }) =>
    master ? effectsSeen(master.connection, core.benchSchema, kind) : 0,
  )
}

/**
 * No acknowledged write may be missing, and none may be there that nobody asked for; on the master, and on every replica
 * that has applied what the master has.
 */
export function checkWrites(
  core: BenchCore,
  run: { readonly kind: WriteKind; readonly before: number; readonly told: ToldWrites },
  context: Context,
): Promise<readonly BenchCheck[]> {
  const { kind, before, told } = run
  return withSettledNodes(core, context, async ({ nodes, missing }) => {
    const counted: { readonly node: string; readonly effects: number }[] = []
    for (const { node, connection } of nodes) {
      const effects = (await effectsSeen(connection, core.benchSchema, kind)) - before
      counted.push({ node, effects })
    }
    const [master, ...replicas] = counted
    const checks = [acknowledgedCheck(kind, master?.effects ?? 0, told)]
    if (core.environment === null) return checks
    return [...checks, replicaCheck(kind, { master: master?.effects ?? 0, replicas, missing })]
  })
}

/** Exported for the judgement alone: between what was acknowledged and what may have been done. */
export function acknowledgedCheck(kind: WriteKind, seen: number, told: ToldWrites): BenchCheck {
  const { ok, unknown, abandoned } = told
  const possible = ok + unknown + abandoned
  const open = possible - ok
  const seenWords = `${formatCount(seen)} ${kind}s on the master, ${formatCount(ok)} acknowledged`
  return {
    name: `every acknowledged ${kind} is there, and no other`,
    valid: seen >= ok && seen <= possible,
    summary: open === 0 ? seenWords : `${seenWords}, ${formatCount(open)} of unknown outcome`,
  }
}

function replicaCheck(
  kind: WriteKind,
  seen: {
    readonly master: number
    readonly replicas: readonly { readonly node: string; readonly effects: number }[]
    readonly missing: readonly string[]
  },
): BenchCheck {
  const other = seen.replicas.find(({ effects }) => effects !== seen.master)
  const name = 'replicas show the same'
  if (other)
    return {
      name,
      valid: false,
      summary: `${other.node} shows ${formatCount(other.effects)} ${kind}s, the master ${formatCount(seen.master)}`,
    }
  const compared = seen.replicas.map(({ node }) => node).join(', ') || 'none'
  const left = seen.missing.length > 0 ? `; not compared, as they were away: ${seen.missing.join(', ')}` : ''
  return { name, valid: true, summary: `${compared}${left}` }
}
