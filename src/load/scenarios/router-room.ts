import type { Context } from '../../kit/context.js'
import type { BenchCore, BenchNode } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import { requireConnections } from './connection-room.js'

/**
 * Asks for room for the pools of a run's routers: each thread has its own, and a pool never has more connections than
 * there are clients who could use them. Throws BENCH_NEEDS.
 */
export function requirePools(
  core: BenchCore,
  wishes: Pick<RunWishes, 'connections' | 'workers'>,
  pools: {
    readonly nodes: readonly BenchNode[]
    readonly size: number
    /** Accounts that have pools of their own. */
    readonly accounts: number
  },
  context: Context,
): Promise<void> {
  const threads = Math.max(1, Math.min(wishes.workers, wishes.connections))
  const used = Math.min(pools.size, Math.ceil(wishes.connections / threads))
  const connections = used * threads * pools.accounts
  return requireConnections(
    core,
    {
      needs: pools.nodes.map((node) => ({ node, connections })),
      smaller: (share) => `--set pool=${Math.max(1, Math.floor(used * share))}`,
    },
    context,
  )
}
