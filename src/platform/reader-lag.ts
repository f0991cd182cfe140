import type { SqlPool } from '../clients/mysql/pool.js'
import { openPool } from '../clients/mysql/pool.js'
import type { Clock } from '../kit/clock.js'
import type { NodeName } from '../model/node.js'
import type { Topology, TopologyNode } from '../model/topology.js'

export interface ReaderLagOptions {
  readonly topology: () => Topology | null
  /** May read `corelab.heartbeat`. */
  readonly account: { readonly user: string; readonly password: string }
  readonly report: (node: NodeName, lagMs: number | null) => void
  readonly clock: Clock
  readonly intervalMs?: number | undefined
}

/**
 * Measures how far behind each reader is, until `signal` aborts: how much older its copy of the keeper's heartbeat is
 * than the newest copy anywhere. One clock wrote them all, so no clocks are compared. What it reports is too low by at
 * most the time between two heartbeats. Never throws. Reported as null, not known: a node that does not answer, and
 * every node while no new heartbeat is seen, for then nothing measures the time.
 */
export async function followReaderLag(options: ReaderLagOptions, signal: AbortSignal): Promise<void> {
  const { clock } = options
  const pools = new Map<NodeName, SqlPool>()
  const beatOf = (node: TopologyNode) => lastBeatMs(poolOf(node))
  const poolOf = (node: TopologyNode): SqlPool => {
    const target = { ...options.account, socketPath: node.endpoint.socketPath }
    const pool = pools.get(node.name) ?? openPool(target, poolOptions)
    pools.set(node.name, pool)
    return pool
  }
  let newest: NewestBeat = { beatMs: 0, seenAtMs: 0 }
  while (!signal.aborted) {
    const askedAtMs = clock.monotonicMs()
    const serving = options.topology()?.nodes.filter((node) => node.serving) ?? []
    const beats = await Promise.all(serving.map(beatOf))
    const latest = Math.max(0, ...beats.map((beat) => beat ?? 0))
    if (latest > newest.beatMs) newest = { beatMs: latest, seenAtMs: askedAtMs }
    for (const [index, node] of serving.entries())
      options.report(node.name, lagOf(beats[index] ?? null, newest, clock.monotonicMs()))
    await clock.sleep(options.intervalMs ?? 500, signal).catch(() => undefined)
  }
  await Promise.all([...pools.values()].map((pool) => pool.close()))
}

/** The newest heartbeat anywhere, and when we had not seen it yet. */
interface NewestBeat {
  readonly beatMs: number
  readonly seenAtMs: number
}

/** A frozen node must not keep the others from being measured. */
const answerLimitMs = 1000
const poolOptions = { connectionLimit: 1, connectTimeoutMs: answerLimitMs, statementLimitMs: answerLimitMs }
/** Several heartbeats long; below the lag at which readers are left out, so that a silent keeper ejects nobody. */
const silenceLimitMs = 2000

/** The newest beat grows old while we look at it, and with it everybody's copy. */
function lagOf(beatMs: number | null, newest: NewestBeat, nowMs: number): number | null {
  const ageMs = nowMs - newest.seenAtMs
  return beatMs === null || ageMs > silenceLimitMs ? null : newest.beatMs - beatMs + ageMs
}

async function lastBeatMs(pool: SqlPool): Promise<number | null> {
  const sql = 'SELECT CAST(UNIX_TIMESTAMP(beaten_at) * 1000 AS UNSIGNED) AS beatMs FROM corelab.heartbeat'
  const rows = await pool.use((connection) => connection.query<{ beatMs: number }>(sql)).catch(() => [])
  return rows[0]?.beatMs ?? null
}
