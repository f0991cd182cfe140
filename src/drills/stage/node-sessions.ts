import { dialectOf } from '../../clients/dialects/dialect-of.js'
import { openConnection } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import { corelabError } from '../../kit/errors.js'
import type { Topology } from '../../model/topology.js'
import { replicasOf } from '../../model/topology.js'

/** Reading all rows of a table for its checksum may take long on a small host. */
const statementLimitMs = 600_000

/**
 * Lends one session with each serving node to `work`, the master first; without a master the shadow, which holds
 * everything that was acknowledged, stands in its place. Throws NO_MASTER when nobody serves, and what
 * connecting throws. The sessions are cut when `signal` aborts.
 */
export async function withNodeSessions<T>(
  options: { readonly endpoints: Endpoints; readonly topology: Topology; readonly signal: AbortSignal },
  work: (nodes: readonly NodeSession[]) => Promise<T>,
): Promise<T> {
  const { endpoints, topology, signal } = options
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
      const account = { user: databaseAccounts.workload, password: endpoints.secrets.database.workload }
      const limits = { connectTimeoutMs: 5000, statementLimitMs, signal }
      const connection = await openConnection({ socketPath, ...account }, limits)
      sessions.push({ node, connection, dialect: dialectOf(endpoints.engine) })
    }
    return await work(sessions)
  } finally {
    signal.removeEventListener('abort', cut)
    await Promise.all(sessions.map(({ connection }) => connection.close()))
  }
}
