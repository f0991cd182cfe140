import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck, Outcomes } from '../../model/bench-result.js'
import type { BenchCore } from '../bench/bench-core.js'
import { withSettledNodes } from '../bench/nodes-now.js'
import { replicationLimitMs } from '../external/replication-mark.js'
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

/** What the tables show before a run. */
export interface EffectsBefore {
  readonly effects: number
  /** Nodes that get what the master writes. Of servers of others we cannot know it beforehand. */
  readonly replicas: readonly string[]
}

/** Counts on the master before the run. Throws what connecting throws. */
export function effectsBefore(core: BenchCore, kind: WriteKind, context: Context): Promise<EffectsBefore> {
  return withSettledNodes(
    core,
    context,
    async ({ nodes: [master, ...replicas] }) => ({
      effects: await effectsSeen(master.connection, core.benchSchema, kind),
      replicas: replicas.map(({ node }) => node),
    }),
    core.environment === null ? { limitMs: replicationLimitMs } : {},
  )
}

/**
 * No acknowledged write may be missing, and none may be there that nobody asked for; on the master, and on every replica
 * that has applied what the master has.
 */
export function checkWrites(
  core: BenchCore,
  run: { readonly kind: WriteKind; readonly before: EffectsBefore; readonly told: ToldWrites },
  context: Context,
): Promise<readonly BenchCheck[]> {
  const { kind, before, told } = run
  const since = async (connection: SqlConnection) =>
    (await effectsSeen(connection, core.benchSchema, kind)) - before.effects
  return withSettledNodes(
    core,
    context,
    async ({ nodes: [master, ...rest], missing }) => {
      const onMaster = await since(master.connection)
      const checks = [acknowledgedCheck(kind, onMaster, told)]
      if (core.databases.length === 1) return checks
      const replicas: CountedNode[] = []
      for (const { node, connection } of rest) {
        const read = () => since(connection)
        const isOurs = core.environment !== null
        replicas.push({ node, effects: await (isOurs ? read() : untilIs(onMaster, read, context)) })
      }
      if (core.environment !== null)
        return [...checks, replicaCheck(kind, { master: onMaster, replicas, missing })]
      const readers = core.databases.slice(1).map(({ name }) => name)
      const notReplicating = readers.filter((name) => !before.replicas.includes(name))
      return [...checks, readerCheck(kind, { master: onMaster, replicas, missing, notReplicating })]
    },
    { readers: before.replicas },
  )
}

interface CountedNode {
  readonly node: string
  readonly effects: number
}

const lookMs = 50

/** Servers of others may apply side by side, and show their last row before the ones just before it. */
async function untilIs(
  wanted: number,
  read: () => Promise<number>,
  { clock, signal }: Context,
): Promise<number> {
  const deadlineMs = clock.monotonicMs() + replicationLimitMs
  for (;;) {
    const seen = await read()
    if (seen === wanted || clock.monotonicMs() > deadlineMs) return seen
    await clock.sleep(lookMs, signal)
  }
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

interface ReplicaEffects {
  readonly master: number
  readonly replicas: readonly CountedNode[]
  readonly missing: readonly string[]
}

const replicaCheckName = 'replicas show the same'

function replicaCheck(kind: WriteKind, seen: ReplicaEffects): BenchCheck {
  const left = seen.missing.length > 0 ? `; not compared, as they were away: ${seen.missing.join(', ')}` : ''
  return (
    differing(kind, seen) ?? { name: replicaCheckName, valid: true, summary: `${comparedOf(seen)}${left}` }
  )
}

/** Who replicated before the run has to show what was written in it. Exported for the judgement alone. */
export function readerCheck(
  kind: WriteKind,
  seen: ReplicaEffects & { readonly notReplicating: readonly string[] },
): BenchCheck {
  const other = differing(kind, seen)
  if (other) return other
  const { missing, notReplicating } = seen
  if (missing.length > 0) {
    const summary = `${missing.join(', ')} replicated before the run, and did not show its last row in time`
    return { name: replicaCheckName, valid: false, summary }
  }
  const left = notReplicating.length > 0 ? `; not replicating: ${notReplicating.join(', ')}` : ''
  return { name: replicaCheckName, valid: true, summary: `${comparedOf(seen)}${left}` }
}

function differing(kind: WriteKind, { master, replicas }: ReplicaEffects): BenchCheck | null {
  const other = replicas.find(({ effects }) => effects !== master)
  if (!other) return null
  const summary = `${other.node} shows ${formatCount(other.effects)} ${kind}s, the master ${formatCount(master)}`
  return { name: replicaCheckName, valid: false, summary }
}

function comparedOf({ replicas }: ReplicaEffects): string {
  return replicas.map(({ node }) => node).join(', ') || 'none'
}
