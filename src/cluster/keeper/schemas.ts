import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { openConnection } from '../../clients/mysql/connection.js'
import { subTableCount } from '../../model/sub-tables.js'
import type { NodeEndpoint } from '../../model/topology.js'

/**
 * Applies every `*.sql` of the folder on the master; replication carries it on. The statements are
 * `CREATE ... IF NOT EXISTS`; a digest in the database spares them all when nothing changed.
 * Returns how many statements were sent.
 */
export async function applySchemas(input: {
  readonly endpoint: NodeEndpoint
  readonly password: string
  readonly schemaDir: string
}): Promise<number> {
  const statements = await readStatements(input.schemaDir)
  const digest = createHash('sha256').update(statements.join(';')).digest('hex')
  const { host, port } = input.endpoint
  const connection = await openConnection(
    { host, port, user: 'corelab_schema', password: input.password },
    { connectTimeoutMs: 5000 },
  )
  try {
    if (await isApplied(connection, digest)) return 0
    for (const statement of statements) await connection.query(statement)
    await connection.execute(
      'INSERT IGNORE INTO corelab.applied_schema (digest, applied_at) VALUES (?, NOW(3))',
      [digest],
    )
    return statements.length
  } finally {
    await connection.close()
  }
}

/** Splits a schema file at `;` line ends; a statement with `{{nn}}` is repeated for the sub-tables 00..15. */
export function schemaStatements(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .flatMap((statement) => (statement.includes('{{nn}}') ? perSubTable(statement) : [statement]))
}

async function readStatements(schemaDir: string): Promise<string[]> {
  const files = (await readdir(schemaDir)).filter((file) => file.endsWith('.sql')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(schemaDir, file), 'utf8')))
  return texts.flatMap(schemaStatements)
}

function perSubTable(statement: string): string[] {
  return Array.from({ length: subTableCount }, (_, subTable) =>
    statement.replaceAll('{{nn}}', subTable.toString().padStart(2, '0')),
  )
}

async function isApplied(connection: SqlConnection, digest: string): Promise<boolean> {
  await connection.query(
    'CREATE TABLE IF NOT EXISTS corelab.applied_schema (' +
      'digest CHAR(64) NOT NULL PRIMARY KEY, applied_at DATETIME(3) NOT NULL)',
  )
  const rows = await connection.query('SELECT 1 FROM corelab.applied_schema WHERE digest = ?', [digest])
  return rows.length > 0
}
