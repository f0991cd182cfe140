import { openPool, type SqlPool } from '../clients/mysql/pool.js'
import { present } from '../kit/assert.js'
import type { NodeName } from '../model/node.js'
import { nodeOf, type Topology, type TopologyNode } from '../model/topology.js'

export interface NodePoolsOptions {
  readonly account: { readonly user: string; readonly password: string }
  /** Connections per node. */
  readonly poolSize: number
  readonly statementLimitMs: number
}

/** One pool per node, opened when it is needed, and left for ever when the node changes its part. */
export class NodePools {
  readonly #pools = new Map<NodeName, SqlPool>()
  /** Left, but with work that may still end. */
  readonly #leaving = new Set<Promise<void>>()

  constructor(private readonly options: NodePoolsOptions) {}

  of(name: NodeName, topology: Topology | null): SqlPool {
    return this.#pools.get(name) ?? this.#open(nodeOf(present(topology, 'topology'), name))
  }

  /** Lends no connection of before again. What runs may end, within the limit of `SqlPool.close`. */
  retire(node: NodeName): void {
    const pool = this.#pools.get(node)
    if (!pool) return
    this.#pools.delete(node)
    const left: Promise<void> = pool.close().finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  /** The same, and what runs is rejected at once. */
  cut(node: NodeName): void {
    const pool = this.#pools.get(node)
    this.retire(node)
    pool?.destroyAll()
  }

  async close(): Promise<void> {
    for (const node of [...this.#pools.keys()]) this.retire(node)
    await Promise.all(this.#leaving)
  }

  #open(node: TopologyNode): SqlPool {
    const { account, poolSize, statementLimitMs } = this.options
    const { socketPath } = node.endpoint
    const pool = openPool({ ...account, socketPath }, { connectionLimit: poolSize, statementLimitMs })
    this.#pools.set(node.name, pool)
    return pool
  }
}
