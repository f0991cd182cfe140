import type { SqlConnection } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import type { ConvergenceFacts, NodeState } from '../checkers/convergence.js'
import { awaitCatchUp } from './catch-up.js'
import type { NodeSession } from './node-session.js'

export interface ConvergenceQuestion {
  /** The master first, then every other serving node. */
  readonly nodes: readonly NodeSession[]
  /** Schemas whose tables are compared; nobody writes to them meanwhile. */
  readonly schemas: readonly string[]
  /** How long a node may take to reach the master's position. */
  readonly catchUpLimitMs: number
}

/**
 * Lets every node reach the master's position and computes the checksum of each table on each of them. Nodes are read
 * at the same time; each reads all rows once.
 */
export async function collectConvergence(question: ConvergenceQuestion): Promise<ConvergenceFacts> {
  const { nodes, schemas, catchUpLimitMs } = question
  const master = present(nodes[0], 'master session')
  const tables = await tablesOf(master.connection, schemas)
  const { position, byNode } = await awaitCatchUp(nodes, catchUpLimitMs)
  const states = await Promise.all(
    nodes.map(
      async ({ node, connection }): Promise<NodeState> => ({
        node,
        caughtUp: byNode.get(node) ?? false,
        checksums: await checksumsOf(connection, tables),
      }),
    ),
  )
  return { position, nodes: states, masterAfter: await checksumsOf(master.connection, tables) }
}

/** `schema.table` of every table that is there, sorted. */
async function tablesOf(connection: SqlConnection, schemas: readonly string[]): Promise<string[]> {
  if (schemas.length === 0) return []
  const rows = await connection.query<{ name: string }>(
    `SELECT CONCAT(table_schema, '.', table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema IN (${schemas.map(() => '?').join(', ')})
      ORDER BY name`,
    schemas,
  )
  return rows.map(({ name }) => name)
}

async function checksumsOf(
  connection: SqlConnection,
  tables: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (tables.length === 0) return new Map()
  const names = tables.map((table) =>
    table
      .split('.')
      .map((part) => `\`${part}\``)
      .join('.'),
  )
  const rows = await connection.query<{ Table: string; Checksum: number | string | null }>(
    `CHECKSUM TABLE ${names.join(', ')}`,
  )
  return new Map(rows.map(({ Table, Checksum }) => [Table, Checksum === null ? null : `${Checksum}`]))
}
