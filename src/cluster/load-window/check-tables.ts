import { type SqlConnection, sqlLiteral } from '../../clients/mysql/connection.js'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import { unitName } from '../../population/load-statement.js'
import { populationTables } from '../../population/tables/population-tables.js'
import { readSchemaSet } from '../schema-set.js'
import { keyFaults, type UniqueKey, uniqueKeysFound } from './check-keys.js'
import { type ColumnNeeded, neededTables, type TableNeeded } from './needed-tables.js'
import type { TableFault } from './table-fault.js'

/**
 * Compares the tables of the population on the master with what its rows need: they are files for `LOAD DATA`, so a
 * column that is gone, too short or of another type, or a key that refuses rows, would be found only after the core was
 * stopped. Columns that somebody added may stay when they fill themselves. Throws SCHEMA_ALTERED with the statement that
 * mends the first.
 */
export async function demandTables(master: SqlConnection): Promise<void> {
  const faults = tableFaults(await tablesNeeded(), await tablesFound(master))
  const [first, ...others] = faults
  if (first === undefined) return
  throw corelabError('SCHEMA_ALTERED', {
    message: first.what,
    detail: [
      'Nothing was stopped and nothing was written.',
      ...others.slice(0, othersShown).map(({ what }) => what),
      ...(others.length > othersShown ? [`and ${others.length - othersShown} more`] : []),
    ].join('\n'),
    fix: [
      `corelab connect master --as schema -- -e "${first.mend}"`,
      ...(others.length === 0 ? [] : ['corelab down --volumes && corelab up']),
    ],
  })
}

const othersShown = 10

/** A column as the server has it. */
export interface ColumnFound {
  readonly name: string
  /** Without the widths of whole numbers, which mean nothing: `bigint`, `varchar(64)`. */
  readonly type: string
  readonly charset: string | null
  /** A row may come without it. */
  readonly fillsItself: boolean
  /** Computed by the server: rows may not bring a value. */
  readonly computed: boolean
}

/** A table as the server has it. */
export interface TableFound {
  readonly columns: readonly ColumnFound[]
  readonly uniqueKeys: readonly UniqueKey[]
}

/** What stands against loading, table by table. */
export function tableFaults(
  needed: readonly TableNeeded[],
  found: ReadonlyMap<string, TableFound>,
): TableFault[] {
  return needed.flatMap((table) => {
    const there = found.get(table.name)
    if (there === undefined) return [{ what: `The table ${table.name} is not there`, mend: table.statement }]
    const { columns, uniqueKeys } = there
    return [
      ...columnFaults(table, columns),
      ...additionFaults(table, columns),
      ...keyFaults(table, uniqueKeys),
    ]
  })
}

function columnFaults({ name: table, columns }: TableNeeded, found: readonly ColumnFound[]): TableFault[] {
  return columns.flatMap((column) => {
    const there = found.find(({ name }) => name.toLowerCase() === column.name)
    if (there === undefined)
      return [
        {
          what: `The table ${table} has no column ${column.name}`,
          mend: `ALTER TABLE ${table} ADD COLUMN ${column.definition}`,
        },
      ]
    if (takes(there, column)) return []
    const charset = there.charset === null ? '' : ` of ${there.charset}`
    const computed = there.computed ? ', computed by the server' : ''
    return [
      {
        what: `The column ${table}.${column.name} is ${there.type}${charset}${computed}; the population needs ${column.type} of its own`,
        mend: `ALTER TABLE ${table} MODIFY COLUMN ${column.definition}`,
      },
    ]
  })
}

function additionFaults({ name: table, columns }: TableNeeded, found: readonly ColumnFound[]): TableFault[] {
  return found
    .filter(
      ({ name, fillsItself }) => !fillsItself && !columns.some((each) => each.name === name.toLowerCase()),
    )
    .map(({ name, type }) => ({
      what: `The table ${table} has a column ${name} (${type}) that no row of the population would have a value for`,
      mend: `ALTER TABLE ${table} MODIFY COLUMN ${name} ${type} NULL`,
    }))
}

const texts = /^(?:var)?char\((\d+)\)$/

/** More room for texts is no fault, and neither is a larger character set. */
function takes(there: ColumnFound, { type, anyText }: ColumnNeeded): boolean {
  if (there.computed) return false
  const length = texts.exec(type)?.[1]
  if (length === undefined) return there.type === type
  const room = texts.exec(there.type)?.[1]
  return room !== undefined && Number(room) >= Number(length) && (!anyText || there.charset === 'utf8mb4')
}

async function tablesNeeded(): Promise<readonly TableNeeded[]> {
  const all = new Map(neededTables((await readSchemaSet()).statements).map((table) => [table.name, table]))
  return populationTables.flatMap((table) =>
    Array.from({ length: table.subTables }, (_, subTable) => {
      const name = unitName(table, subTable)
      return present(all.get(name), `schema of ${name}`)
    }),
  )
}

async function tablesFound(master: SqlConnection): Promise<ReadonlyMap<string, TableFound>> {
  const schemas = [...new Set(populationTables.map(({ name }) => present(name.split('.')[0], name)))]
  const columns = await columnsFound(master, schemas)
  const uniqueKeys = await uniqueKeysFound(master, schemas)
  return new Map(
    [...columns].map(([table, those]) => [
      table,
      { columns: those, uniqueKeys: uniqueKeys.get(table) ?? [] },
    ]),
  )
}

async function columnsFound(
  master: SqlConnection,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, readonly ColumnFound[]>> {
  const rows = await master.query<ColumnRow>(
    `SELECT CONCAT(table_schema, '.', table_name) AS tableName, column_name AS name, column_type AS type,
            character_set_name AS charset, is_nullable = 'YES' OR column_default IS NOT NULL AS optional, extra AS extra
       FROM information_schema.columns WHERE table_schema IN (${schemas.map(sqlLiteral).join(', ')})
      ORDER BY ordinal_position`,
  )
  const tables = new Map<string, ColumnFound[]>()
  for (const { tableName, name, type, charset, optional, extra } of rows) {
    const computed = /(?:VIRTUAL|STORED) GENERATED/i.test(extra)
    const fillsItself = Number(optional) === 1 || computed || /auto_increment/i.test(extra)
    const column = { name, type: plainType(type), charset, fillsItself, computed }
    tables.set(tableName, [...(tables.get(tableName) ?? []), column])
  }
  return tables
}

interface ColumnRow {
  readonly tableName: string
  readonly name: string
  readonly type: string
  readonly charset: string | null
  readonly optional: number | string
  readonly extra: string
}

function plainType(type: string): string {
  return type.toLowerCase().replace(/int\(\d+\)/, 'int')
}
