import { openConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { profiles } from '../../model/profile.js'
import { openFilesMax, openFilesNow } from '../../sys/open-files.js'
import { type BenchCore, type BenchNode, targetOf } from '../bench/bench-core.js'

/** For the keeper, qlink, replicas, lag watchers, and a look at effects. */
const spare = 10

/** One node, and how many connections of a run go to it. */
export interface ConnectionNeed {
  readonly node: BenchNode
  readonly connections: number
}

/**
 * Asks this process and each node whether the clients of a run fit, before the first of them connects. `smaller` is the
 * word that makes the run that share of what it is. Throws BENCH_NEEDS with the number that would fit, and what connecting
 * throws.
 */
export async function requireConnections(
  core: BenchCore,
  { needs, smaller }: { readonly needs: readonly ConnectionNeed[]; smaller(share: number): string },
  { signal }: Context,
): Promise<void> {
  requireOpenFiles(
    needs.reduce((sum, { connections }) => sum + connections, 0),
    smaller,
  )
  for (const [name, { node, connections }] of byNode(needs)) {
    const target = targetOf(node, node.socketPath === null ? 'tcp' : 'unix-socket')
    const connection = await openConnection(target, { connectTimeoutMs: 5000, signal })
    try {
      const [limit] = await connection.query<{ most: number }>('SELECT @@max_connections AS most')
      const [used] = await connection.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Threads_connected'")
      const most = Number(limit?.most ?? 0)
      const room = most - Number(used?.Value ?? 0) - spare
      if (room < connections)
        throw noRoom(core, name, { room: Math.max(0, room), connections, most, smaller })
    } finally {
      await connection.close()
    }
  }
}

/** The word for a run with a share of its clients. */
export function fewerClients({ connections }: { readonly connections: number }): (share: number) => string {
  return (share) => `-c ${Math.max(1, Math.floor(connections * share))}`
}

/** `connections` clients that take turns over the nodes. */
export function spreadOver(nodes: readonly BenchNode[], connections: number): readonly ConnectionNeed[] {
  const [each, more] = [Math.floor(connections / nodes.length), connections % nodes.length]
  return nodes.map((node, index) => ({ node, connections: each + (index < more ? 1 : 0) }))
}

function byNode(needs: readonly ConnectionNeed[]): ReadonlyMap<string, ConnectionNeed> {
  const sums = new Map<string, ConnectionNeed>()
  for (const { node, connections } of needs) {
    const before = sums.get(node.name)?.connections ?? 0
    sums.set(node.name, { node, connections: before + connections })
  }
  return sums
}

/** A connection is an open file: of the kernel, and of the event loop's own, a few are needed beside them. */
const spareFiles = 64

/** Throws BENCH_NEEDS when this process may not open so many connections more. */
export function requireOpenFiles(connections: number, smaller: (share: number) => string): void {
  const most = openFilesMax()
  if (most === null) return
  const room = Math.max(0, most - openFilesNow() - spareFiles)
  if (room >= connections) return
  const wanted = Math.ceil((most - room + connections) / 1024) * 1024
  throw corelabError('BENCH_NEEDS', {
    message: `${formatCount(connections)} connections are as many open files, and this process may open ${formatCount(room)} more`,
    detail: `Its limit is ${formatCount(most)} (ulimit -Hn). Raising it beyond that takes root, or a line in /etc/security/limits.conf.`,
    fix: [`ulimit -n ${wanted}`, smaller(room / connections)],
  })
}

function noRoom(
  core: BenchCore,
  node: string,
  seen: {
    readonly room: number
    readonly connections: number
    /** max_connections of the node. */
    readonly most: number
    smaller(share: number): string
  },
) {
  const { room, connections, most, smaller } = seen
  const reason = reasonOf(core, seen)
  return corelabError('BENCH_NEEDS', {
    message: `${node} takes ${formatCount(room)} more connections, and the run needs ${formatCount(connections)} there`,
    detail: `Its limit (max_connections) is ${formatCount(most)}. ${reason.detail}`.trim(),
    fix: [...(room === 0 ? [] : [smaller(room / connections)]), ...reason.fix],
  })
}

/** Why a node takes no more, and what changes that. */
function reasonOf(
  core: BenchCore,
  { connections, most }: { readonly connections: number; readonly most: number },
): { readonly detail: string; readonly fix: readonly string[] } {
  const own = Object.values(profiles).find(({ name }) => name === core.profile)
  if (core.environment === null || !own) return { detail: '', fix: [] }
  if (most < own.maxConnections)
    return {
      detail: `Profile ${own.name} asks for ${formatCount(own.maxConnections)}: the server was started where it could not open so many files, or with older settings.`,
      fix: ['ulimit -n 20000; corelab down; corelab up'],
    }
  const larger = Object.values(profiles).find(({ maxConnections }) => maxConnections >= connections + spare)
  if (!larger || larger.maxConnections <= own.maxConnections)
    return { detail: `No profile allows more than ${own.name}.`, fix: [] }
  return {
    detail: `This is profile ${own.name}; ${larger.name} allows ${formatCount(larger.maxConnections)} on each node.`,
    fix: [`corelab up -e bench --profile ${larger.name}`],
  }
}
