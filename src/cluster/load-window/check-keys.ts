import { type SqlConnection, sqlLiteral } from '../../clients/mysql/connection.js'
import type { TableNeeded } from './needed-tables.js'
import type { TableFault } from './table-fault.js'

/** A primary or unique key as the server has it. */
export interface UniqueKey {
  /** `PRIMARY` is the primary key's. */
  readonly name: string
  /** In order. Null: computed from an expression. */
  readonly columns: readonly (string | null)[]
}

/**
 * Chunks follow the primary key, and rows are told apart by it. Another unique key refuses rows that are alike in its
 * columns, as members of a family have one mobile number: it may stay only when it holds the whole primary key.
 */
export function keyFaults(
  { name: table, primaryKey }: TableNeeded,
  found: readonly UniqueKey[],
): TableFault[] {
  const primary = found.find(({ name }) => name === 'PRIMARY')
  const others = found.filter(({ name }) => name !== 'PRIMARY')
  return [
    ...primaryFaults(table, primaryKey, primary),
    ...others
      .filter(({ columns }) => !primaryKey.every((column) => columns.includes(column)))
      .map(({ name, columns }) => ({
        what: `The table ${table} has a unique key ${name} (${columnList(columns)}), which would refuse rows of the population`,
        mend: `ALTER TABLE ${table} DROP INDEX ${name}`,
      })),
  ]
}

function primaryFaults(table: string, needed: readonly string[], found: UniqueKey | undefined): TableFault[] {
  const definition = needed.join(', ')
  const add = `ADD PRIMARY KEY (${definition})`
  if (found === undefined)
    return [
      {
        what: `The table ${table} has no primary key; the population needs (${definition})`,
        mend: `ALTER TABLE ${table} ${add}`,
      },
    ]
  if (columnList(found.columns) === definition) return []
  return [
    {
      what: `The primary key of ${table} is (${columnList(found.columns)}); the population needs (${definition})`,
      mend: `ALTER TABLE ${table} DROP PRIMARY KEY, ${add}`,
    },
  ]
}

function columnList(columns: UniqueKey['columns']): string {
  return columns.map((column) => column ?? 'an expression').join(', ')
}

/** By `schema.table`. */
export async function uniqueKeysFound(
  master: SqlConnection,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, readonly UniqueKey[]>> {
  const rows = await master.query<{ tableName: string; name: string; columnName: string | null }>(
    `SELECT CONCAT(table_schema, '.', table_name) AS tableName, index_name AS name, LOWER(column_name) AS columnName
       FROM information_schema.statistics
      WHERE non_unique = 0 AND table_schema IN (${schemas.map(sqlLiteral).join(', ')})
      ORDER BY table_schema, table_name, index_name, seq_in_index`,
  )
  const tables = new Map<string, Map<string, (string | null)[]>>()
  for (const { tableName, name, columnName } of rows) {
    const keys = tables.get(tableName) ?? new Map<string, (string | null)[]>()
    tables.set(tableName, keys.set(name, [...(keys.get(name) ?? []), columnName]))
  }
  return new Map(
    [...tables].map(([table, keys]) => [table, [...keys].map(([name, columns]) => ({ name, columns }))]),
  )
}
