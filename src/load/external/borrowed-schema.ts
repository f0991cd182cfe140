import { randomBytes } from 'node:crypto'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import { corelabError } from '../../kit/errors.js'

/** Schemas that benchmarks make on servers of others begin with this; nothing else is ever touched there. */
export const borrowedPrefix = 'corelab_bench_'

/** What the account needs, and nothing more: rights on schemas of that name. */
export function grantStatement(user: string): string {
  const schemas = `\`${borrowedPrefix.replaceAll('_', '\\_')}%\`.*`
  return `GRANT CREATE, DROP, SELECT, INSERT, UPDATE ON ${schemas} TO '${user}'@'...'`
}

/** A new name for each run: runs of two people do not meet. */
export function newSchemaName(): string {
  return `${borrowedPrefix}${randomBytes(4).toString('hex')}`
}

/** Throws TARGET_REFUSED with the rights that are missing. */
export async function makeSchema(connection: SqlConnection, name: string, user: string): Promise<void> {
  await connection
    .execute(`CREATE DATABASE ${name} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
    .catch((cause: unknown) => {
      if (!accessDenied.has(mysqlErrno(cause) ?? 0)) throw cause
      throw corelabError('TARGET_REFUSED', {
        message: `${user} may not make the schema ${name}`,
        detail: 'The account needs these rights and no others.',
        fix: [grantStatement(user)],
        cause,
      })
    })
}

/** What is written to a replica by mistake is on no other server. Throws TARGET_REFUSED. */
export async function refuseReadOnly(connection: SqlConnection, name: string): Promise<void> {
  const [row] = await connection.query<{ readOnly: number | string }>('SELECT @@read_only AS readOnly')
  // A word since MariaDB 12.
  if (['0', 'OFF'].includes(String(row?.readOnly))) return
  throw corelabError('TARGET_REFUSED', {
    message: `${name} is read-only: it is not the server that takes writes`,
    detail:
      'A benchmark makes a schema there, also to read from it. Replicas are readers of a target in corelab.yaml.',
  })
}

const accessDenied: ReadonlySet<number> = new Set([1044, 1045, 1142, 1227])

/** Left behind by runs that were killed; their owner may drop them. */
export async function leftSchemas(connection: SqlConnection): Promise<readonly string[]> {
  const rows = await connection.query<{ name: string }>(
    `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE '${borrowedPrefix.replaceAll('_', '\\_')}%' ORDER BY schema_name`,
  )
  return rows.map(({ name }) => name)
}
