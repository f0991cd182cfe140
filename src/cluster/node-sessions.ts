import { dialectOf } from '../clients/dialects/dialect-of.js'
import { openConnection } from '../clients/mysql/connection.js'
import { databaseAccounts } from '../components/mysql/accounts-sql.js'
import type { NodeSession } from '../history/collect/node-session.js'
import { corelabError } from '../kit/errors.js'
import type { Topology } from '../model/topology.js'
import { replicasOf } from '../model/topology.js'
import type { Endpoints } from './endpoints.js'

/** Reading all rows of a table, or of a sub-table of millions, may take long on a small host. */
const statementLimitMs = 15 * 60_000

export interface NodeSessionOptions {
  readonly endpoints: Endpoints
  readonly topology: Topology
  /** Who asks: `workload` without it. Both read the business; only `loader` the book of what was loaded. */
  readonly account?: 'workload' | 'loader'
  readonly signal: AbortSignal
}

/**
 * Lends one session with each serving node to `work`, the master first; without a master the shadow, which holds
 * everything that was acknowledged, stands in its place. Throws NO_MASTER when nobody serves, and what
 * connecting throws. The sessions are cut when `signal` aborts.
 */
export async function withNodeSessions<T>(
  options: NodeSessionOptions,
  work: (nodes: readonly NodeSession[]) => Promise<T>,
): Promise<T> {
  const { endpoints, topology, account = 'workload', signal } = options
  const replicas = replicasOf(topology).map((node) => node.name)
  const names = topology.master === null ? replicas : [topology.master, ...replicas]
  if (names.length === 0) throw corelabError('NO_MASTER', { message: 'There is no node to ask' })
  const sessions: NodeSession[] = []
  // A statement cannot be aborted, but its connection can: it only reads.
  const cut = () => {
    for (const { connection } of sessions) connection.destroy()
  }
  signal.addEventListener('abort', cut, { once: true })
  try {
    for (const node of names) {
      const socketPath = endpoints.databases.find((each) => each.name === node)?.socketPath
      const login = { user: databaseAccounts[account], password: endpoints.secrets.database[account] }
      const limits = { connectTimeoutMs: 5000, statementLimitMs, signal }
      const connection = await openConnection({ socketPath, ...login }, limits)
      sessions.push({ node, connection, dialect: dialectOf(endpoints.engine) })
    }
    return await work(sessions)
  } finally {
    signal.removeEventListener('abort', cut)
    await Promise.all(sessions.map(({ connection }) => connection.close()))
  }
}
