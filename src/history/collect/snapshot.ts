import type { SqlConnection } from '../../clients/mysql/connection.js'

/**
 * Runs `work`, which only reads, in one transaction: all its statements see the database as it was at the first. The
 * server's default isolation, REPEATABLE READ, is assumed.
 */
export async function inSnapshot<T>(connection: SqlConnection, work: () => Promise<T>): Promise<T> {
  await connection.begin()
  try {
    return await work()
  } finally {
    if (connection.usable) await connection.rollback()
  }
}
