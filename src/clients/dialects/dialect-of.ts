import type { Dialect } from './dialect.js'
import { mariadbDialect } from './mariadb.js'
import { mysqlDialect } from './mysql.js'

/** The dialect of an engine, e.g. of the one that the boot plan names. */
export function dialectOf(engine: Dialect['engine']): Dialect {
  return engine === 'mysql' ? mysqlDialect : mariadbDialect
}
