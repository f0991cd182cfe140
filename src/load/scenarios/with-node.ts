import { type ConnectionOptions, openConnection, type SqlConnection } from '../../clients/mysql/connection.js'
import { type BenchNode, targetOf } from '../bench/bench-core.js'

const connectTimeoutMs = 5000

/** Lends a session of the load account with one node, and closes it. Throws what connecting throws. */
export async function withNode<T>(
  node: BenchNode,
  options: Pick<ConnectionOptions, 'statementLimitMs' | 'signal'>,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(targetOf(node), { connectTimeoutMs, ...options })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
