import type { Dialect } from '../clients/dialects/dialect.js'
import type { SqlConnection } from '../clients/mysql/connection.js'

/**
 * A position that holds what this connection committed last, for `Dialect.waitForPosition` on a replica. MariaDB keeps
 * the GTID per session; asked of a session that never wrote, it is empty. MySQL tells a session its own GTID only
 * beside the answer to a commit, which the driver does not hand on: there it is everything that the node has executed.
 */
export async function lastWriteOf(connection: SqlConnection, dialect: Dialect): Promise<string> {
  if (dialect.engine === 'mysql') return dialect.position(connection)
  const [row] = await connection.query<{ gtid: string }>('SELECT @@last_gtid AS gtid')
  return row?.gtid ?? ''
}
