import type { SqlConnection } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'

/** Who answered, in its own words. */
export interface LoadPlace {
  /** The epoch that the node believes in. */
  readonly epoch: number
  /** Its `server_id`. */
  readonly server: number
}

/** Asks a node for its epoch (a plain read: it waits for no lock) and its name. */
export async function placeOf(connection: SqlConnection): Promise<LoadPlace> {
  const [row] = await connection.query<{ epoch: number | string; server: number | string }>(
    'SELECT epoch, @@server_id AS server FROM corelab.heartbeat WHERE id = 1',
  )
  const { epoch, server } = present(row, 'row of corelab.heartbeat')
  return { epoch: Number(epoch), server: Number(server) }
}
