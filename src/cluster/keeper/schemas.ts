import type { SqlConnection } from '../../clients/mysql/connection.js'
import { openConnection } from '../../clients/mysql/connection.js'
import type { NodeEndpoint } from '../../model/topology.js'
import { createAppliedSchema, noteAppliedStatements, readSchemaSet } from '../schema-set.js'

/**
 * Applies the schemas on the master unless they are there: new data folders come with them, older ones may have
 * an earlier version. Replication carries them on. Returns how many statements were sent.
 */
export async function applySchemas(input: {
  readonly endpoint: NodeEndpoint
  readonly password: string
}): Promise<number> {
  const set = await readSchemaSet()
  const { host, port } = input.endpoint
  const connection = await openConnection(
    { host, port, user: 'corelab_schema', password: input.password },
    { connectTimeoutMs: 5000 },
  )
  try {
    if (await isApplied(connection, set.digest)) return 0
    for (const statement of [...set.statements, ...noteAppliedStatements(set)])
      await connection.query(statement)
    return set.statements.length
  } finally {
    await connection.close()
  }
}

async function isApplied(connection: SqlConnection, digest: string): Promise<boolean> {
  await connection.query(createAppliedSchema)
  const rows = await connection.query('SELECT 1 FROM corelab.applied_schema WHERE digest = ?', [digest])
  return rows.length > 0
}
