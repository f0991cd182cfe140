import type { DatabaseEngine } from '../../model/database-engine.js'
import type { Dialect } from './dialect.js'
import { mariadbDialect } from './mariadb.js'
import { mysqlDialect } from './mysql.js'

export function dialectOf(engine: DatabaseEngine): Dialect {
  return engine === 'mysql' ? mysqlDialect : mariadbDialect
}
