import { sqlLiteral } from '../clients/mysql/connection.js'
import { subTableName } from '../model/sub-tables.js'
import type { PopulationTable } from './tables/population-table.js'

/** The name of one sub-table, or of the table when it has none. */
export function unitName(table: PopulationTable, subTable: number): string {
  return table.subTables === 1 ? table.name : subTableName(table.name, subTable)
}

/**
 * Takes rows as the generator writes them. It cannot be prepared. Not LOCAL: that would turn errors into warnings and
 * drop duplicates quietly.
 */
export function loadStatement(
  table: PopulationTable,
  subTable: number,
  file: string,
  { replacing = false }: { readonly replacing?: boolean } = {},
): string {
  return (
    `LOAD DATA INFILE ${sqlLiteral(file)} ${replacing ? 'REPLACE ' : ''}INTO TABLE ${unitName(table, subTable)} CHARACTER SET utf8mb4 ` +
    `FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${table.fields.join(', ')})`
  )
}
