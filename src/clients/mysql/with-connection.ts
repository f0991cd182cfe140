import { type ConnectionOptions, type MysqlTarget, openConnection, type SqlConnection } from './connection.js'

/** Lends a connection, and closes it whatever becomes of the work. Throws what connecting throws. */
export async function withConnection<T>(
  target: MysqlTarget,
  options: ConnectionOptions,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(target, options)
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}
