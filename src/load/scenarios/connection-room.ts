import { openConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { type BenchCore, type BenchNode, targetOf } from '../bench/bench-core.js'

/** For the keeper, qlink, replicas, lag watchers, and a look at effects. */
const spare = 10

/** One node, and how many connections of a run go to it. */
export interface ConnectionNeed {
  readonly node: BenchNode
  readonly connections: number
}

/**
 * Asks each node whether the clients of a run fit, before the first of them connects. Throws BENCH_NEEDS with the number
 * that would fit, and what connecting throws.
 */
export async function requireConnections(
  core: BenchCore,
  needs: readonly ConnectionNeed[],
  { signal }: Context,
): Promise<void> {
  for (const [name, { node, connections }] of byNode(needs)) {
    const target = targetOf(node, node.socketPath === null ? 'tcp' : 'unix-socket')
    const connection = await openConnection(target, { connectTimeoutMs: 5000, signal })
    try {
      const [limit] = await connection.query<{ most: number }>('SELECT @@max_connections AS most')
      const [used] = await connection.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Threads_connected'")
      const room = Number(limit?.most ?? 0) - Number(used?.Value ?? 0) - spare
      if (room < connections) throw noRoom(core, name, { room: Math.max(0, room), connections })
    } finally {
      await connection.close()
    }
  }
}

/** `connections` clients that take turns over the nodes. */
export function spreadOver(nodes: readonly BenchNode[], connections: number): readonly ConnectionNeed[] {
  return nodes.map((node) => ({ node, connections: Math.ceil(connections / nodes.length) }))
}

function byNode(needs: readonly ConnectionNeed[]): ReadonlyMap<string, ConnectionNeed> {
  const sums = new Map<string, ConnectionNeed>()
  for (const { node, connections } of needs) {
    const before = sums.get(node.name)?.connections ?? 0
    sums.set(node.name, { node, connections: before + connections })
  }
  return sums
}

function noRoom(
  core: BenchCore,
  node: string,
  { room, connections }: { readonly room: number; readonly connections: number },
) {
  const own = core.environment !== null
  return corelabError('BENCH_NEEDS', {
    message: `${node} takes ${formatCount(room)} more connections, and the run needs ${formatCount(connections)} there`,
    detail: own
      ? `A larger profile allows more: this one is ${core.profile}, full allows 1,200 per node.`
      : 'The limit is max_connections of the server.',
    fix: own ? ['corelab bench run ... -c 50', 'corelab up -e bench --profile full'] : ['-c 50'],
  })
}
