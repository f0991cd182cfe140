import type { ConnectionOptions, SqlConnection } from '../../clients/mysql/connection.js'
import { withConnection } from '../../clients/mysql/with-connection.js'
import { type BenchNode, targetOf } from '../bench/bench-core.js'

const connectTimeoutMs = 5000

/** Lends a session of the load account with one node. Throws what connecting throws. */
export function withNode<T>(
  node: BenchNode,
  options: Pick<ConnectionOptions, 'statementLimitMs' | 'signal'>,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  return withConnection(targetOf(node), { connectTimeoutMs, ...options }, work)
}
