import type { Dialect } from '../../clients/dialects/dialect.js'
import type { SqlConnection } from '../../clients/mysql/connection.js'

/** A session with one serving node, from which facts are read. */
export interface NodeSession {
  readonly node: string
  readonly connection: SqlConnection
  readonly dialect: Dialect
}
