import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { subTableCount } from '../model/sub-tables.js'
import { packageRoot } from '../project/package-root.js'

/** The schemas of all subsystems as statements, in order; the digest tells one version from another. */
export interface SchemaSet {
  readonly statements: readonly string[]
  readonly digest: string
}

/** Reads `templates/mysql/schema/*.sql`: `CREATE ... IF NOT EXISTS` only, so that they may be applied again. */
export async function readSchemaSet(): Promise<SchemaSet> {
  const dir = join(packageRoot, 'templates', 'mysql', 'schema')
  const files = (await readdir(dir)).filter((file) => file.endsWith('.sql')).sort()
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')))
  const statements = texts.flatMap(schemaStatements)
  return { statements, digest: createHash('sha256').update(statements.join(';')).digest('hex') }
}

/** What notes a set as applied, where `applied_schema` is looked up at the next start. */
export function noteAppliedStatements(set: SchemaSet): string[] {
  return [
    createAppliedSchema,
    `INSERT IGNORE INTO corelab.applied_schema (digest, applied_at) VALUES ('${set.digest}', NOW(3))`,
  ]
}

export const createAppliedSchema =
  'CREATE TABLE IF NOT EXISTS corelab.applied_schema (' +
  'digest CHAR(64) NOT NULL PRIMARY KEY, applied_at DATETIME(3) NOT NULL)'

/** Splits a schema file at `;` line ends; a statement with `{{nn}}` is repeated for the sub-tables 00..15. */
export function schemaStatements(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .flatMap((statement) => (statement.includes('{{nn}}') ? perSubTable(statement) : [statement]))
}

function perSubTable(statement: string): string[] {
  return Array.from({ length: subTableCount }, (_, subTable) =>
    statement.replaceAll('{{nn}}', subTable.toString().padStart(2, '0')),
  )
}
