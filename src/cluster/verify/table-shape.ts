import type { SqlConnection } from '../../clients/mysql/connection.js'

/** A table as far as comparing it needs. */
export interface TableShape {
  /** `schema.table` */
  readonly name: string
  readonly columns: readonly ColumnShape[]
  /** The columns of the primary key, in its order; empty when there is none. */
  readonly key: readonly ColumnShape[]
  /** What the server takes for the number of rows. */
  readonly rowsEstimated: number
}

export interface ColumnShape {
  readonly name: string
  /** E.g. `varchar`. */
  readonly type: string
  /** As it was declared, e.g. `varchar(50)`. */
  readonly declared: string
  /** null unless it is text. */
  readonly charset: string | null
}

interface ColumnRow {
  readonly name: string
  readonly column: string
  readonly type: string
  readonly declared: string
  readonly charset: string | null
}

/** The tables that a session may read, without those of the server itself; by name. */
export async function readTableShapes(connection: SqlConnection): Promise<ReadonlyMap<string, TableShape>> {
  const tables = await connection.query<{ name: string; rowsEstimated: number | string | null }>(
    `SELECT CONCAT(table_schema, '.', table_name) AS name, table_rows AS rowsEstimated
       FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN (${systemSchemas}) ORDER BY name`,
  )
  const columns = await connection.query<ColumnRow>(
    `SELECT CONCAT(table_schema, '.', table_name) AS name, column_name AS \`column\`, data_type AS \`type\`,
            CONCAT(column_type, IF(is_nullable = 'YES', '', ' not null'), IFNULL(CONCAT(' ', collation_name), '')) AS declared,
            character_set_name AS charset
       FROM information_schema.columns WHERE table_schema NOT IN (${systemSchemas}) ORDER BY name, ordinal_position`,
  )
  const keys = await connection.query<{ name: string; column: string }>(
    `SELECT CONCAT(table_schema, '.', table_name) AS name, column_name AS \`column\`
       FROM information_schema.statistics
      WHERE index_name = 'PRIMARY' AND table_schema NOT IN (${systemSchemas}) ORDER BY name, seq_in_index`,
  )
  const columnsOf = groupedByName(columns)
  const keysOf = groupedByName(keys)
  return new Map(
    tables.map(({ name, rowsEstimated }) => {
      const shapes = (columnsOf.get(name) ?? []).map(shapeOf)
      const key = (keysOf.get(name) ?? []).flatMap(({ column }) =>
        shapes.filter((shape) => shape.name === column),
      )
      return [name, { name, columns: shapes, key, rowsEstimated: Number(rowsEstimated ?? 0) }]
    }),
  )
}

const systemSchemas = "'mysql', 'information_schema', 'performance_schema', 'sys'"

function shapeOf({ column, type, declared, charset }: ColumnRow): ColumnShape {
  return { name: column, type: type.toLowerCase(), declared, charset }
}

function groupedByName<T extends { readonly name: string }>(
  rows: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.name)
    if (group) group.push(row)
    else groups.set(row.name, [row])
  }
  return groups
}

/** Whether two nodes declare the same columns in the same order. */
export function sameStructure(left: TableShape, right: TableShape): boolean {
  const textOf = ({ columns }: TableShape) =>
    columns.map(({ name, declared }) => `${name} ${declared}`).join('\n')
  return textOf(left) === textOf(right)
}
