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
 * than the newest copy anywhere. One clock wrote them all, so no clocks are compared. Never throws; a node that does
 * not answer, or a heartbeat that is not there, is reported as null = not known.
 */
export async function followReaderLag(options: ReaderLagOptions, signal: AbortSignal): Promise<void> {
  const pools = new Map<NodeName, SqlPool>()
  const beatOf = (node: TopologyNode) => lastBeatMs(poolOf(node))
  const poolOf = (node: TopologyNode): SqlPool => {
    const target = { ...options.account, socketPath: node.endpoint.socketPath }
    const pool =
      pools.get(node.name) ?? openPool(target, { connectionLimit: 1, statementLimitMs: answerLimitMs })
    pools.set(node.name, pool)
    return pool
  }
  while (!signal.aborted) {
    const serving = options.topology()?.nodes.filter((node) => node.serving) ?? []
    const beats = await Promise.all(serving.map(beatOf))
    const newest = Math.max(...beats.map((beat) => beat ?? 0))
    for (const [index, node] of serving.entries()) {
      const beat = beats[index] ?? null
      options.report(node.name, beat === null ? null : newest - beat)
    }
    await options.clock.sleep(options.intervalMs ?? 1000, signal).catch(() => undefined)
  }
  await Promise.all([...pools.values()].map((pool) => pool.close()))
}

const answerLimitMs = 2000

async function lastBeatMs(pool: SqlPool): Promise<number | null> {
  const sql = 'SELECT CAST(UNIX_TIMESTAMP(beaten_at) * 1000 AS UNSIGNED) AS beatMs FROM corelab.heartbeat'
  const rows = await pool.use((connection) => connection.query<{ beatMs: number }>(sql)).catch(() => [])
  return rows[0]?.beatMs ?? null
}
