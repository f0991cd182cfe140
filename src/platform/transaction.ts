import type { SqlConnection } from '../clients/mysql/connection.js'
import { corelabError } from '../kit/errors.js'

/** Runs `work` in a transaction and commits it; rolls back, on a connection that still lives, what it throws out of. */
export async function inTransaction<T>(
  connection: SqlConnection,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  await connection.begin()
  try {
    const result = await work(connection)
    await connection.commit()
    return result
  } catch (error) {
    if (connection.usable && connection.inTransaction)
      await connection.rollback().catch(() => connection.destroy())
    throw error
  }
}

const lockWaitSeconds = 5

/** Runs `work` while the session holds a named lock of its server. Throws DATABASE_REFUSED when it is not free in time. */
export async function underNamedLock<T>(
  connection: SqlConnection,
  name: string,
  work: (connection: SqlConnection) => Promise<T>,
): Promise<T> {
  const sql = 'SELECT GET_LOCK(?, ?) AS got'
  const [answer] = await connection.query<{ got: number | null }>(sql, [name, lockWaitSeconds])
  if (answer?.got !== 1)
    throw corelabError('DATABASE_REFUSED', {
      message: `the lock ${name} was not free for ${lockWaitSeconds} s`,
    })
  try {
    return await work(connection)
  } finally {
    // A session that ends frees its locks, so one that cannot be asked to is ended.
    if (connection.usable)
      await connection.query('SELECT RELEASE_LOCK(?)', [name]).catch(() => connection.destroy())
  }
}
