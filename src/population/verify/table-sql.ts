import {
  accountNoOf,
  type CustomerId,
  customerIdBase,
  openedCustomerIdBase,
  subTableName,
} from '../../model/sub-tables.js'
import type { PopulationTable } from '../tables/population-table.js'

/** The table's name in the database; `subTable` is ignored for tables without. */
export function physicalName(table: PopulationTable, subTable: number): string {
  return table.subTables === 1 ? table.name : subTableName(table.name, subTable)
}

/**
 * One row per entity: how many rows, and the sum of their checksums, which does not depend on their order. No XOR: a
 * server would compute each checksum once more for it, and values that two rows exchanged cancel out in it.
 */
export function digestSql(table: PopulationTable, subTable: number): string {
  return `SELECT le_code AS entity, COUNT(*) AS \`rows\`, SUM(CRC32(${lineOf(table)})) AS \`sum\`
            FROM ${rowsOf(table, subTable)} GROUP BY le_code`
}

/** Key and checksum of every row of one entity. The key as one text: its values after `le_code`, joined by blanks. */
export function checksumsSql(table: PopulationTable, subTable: number, entity: string): string {
  return `SELECT ${keyOf(table)} AS \`key\`, CRC32(${lineOf(table)}) AS crc
            FROM ${rowsOf(table, subTable)} WHERE le_code = '${entity}'`
}

/** One row as its line, the bytes that the generator wrote. `key` is a text of {@link checksumsSql}. */
export function lineSql(table: PopulationTable, subTable: number, entity: string, key: string): string {
  const values = key.split(' ')
  const columns = keyColumns(table)
  const where = columns.map((column, index) => `${column} = '${values[index] ?? ''}'`)
  return `SELECT ${lineOf(table)} AS line FROM ${rowsOf(table, subTable)}
           WHERE ${[`le_code = '${entity}'`, ...where].join(' AND ')}`
}

/** The columns of the primary key after `le_code`. */
export function keyColumns({ key }: PopulationTable): readonly string[] {
  return key.slice(1)
}

function keyOf(table: PopulationTable): string {
  return `CONCAT_WS(' ', ${keyColumns(table).join(', ')})`
}

/** CONCAT_WS leaves a NULL out; the generator writes `\N`. */
function lineOf({ fields }: PopulationTable): string {
  const texts = fields.map((field) => (nullable.has(field) ? `IFNULL(${field}, '\\\\N')` : field))
  return `CONCAT_WS('\\t', ${texts.join(', ')})`
}

const nullable: ReadonlySet<string> = new Set()

const firstId = customerIdBase as CustomerId
const lastId = (openedCustomerIdBase - 1) as CustomerId

/**
 * The rows of the population: customers who were opened by calls, and what they have, are none of the verifier's
 * business.
 */
function rowsOf(table: PopulationTable, subTable: number): string {
  const name = physicalName(table, subTable)
  if (table.name === 'act.settlement_account') return openingAccounts(name, subTable)
  const ofPopulation = populationCondition(table)
  return ofPopulation === null ? name : `(SELECT * FROM ${name} WHERE ${ofPopulation}) r`
}

function populationCondition({ fields }: PopulationTable): string | null {
  if (fields.includes('customer_id')) return `customer_id BETWEEN ${firstId} AND ${lastId}`
  return fields.includes('account_no') ? accountsOfPopulation : null
}

export const accountsOfPopulation = `account_no BETWEEN ${accountNoOf(firstId, 0)} AND ${accountNoOf(lastId, 9)}`

/**
 * Postings are taken back, so that a population can be verified after it was used: every entry moved the balance by
 * its amount and the version by one.
 */
export function openingAccounts(name: string, subTable: number): string {
  return `(SELECT a.le_code, a.account_no, ${otherAccountColumns.map((column) => `a.${column}`).join(', ')},
                  a.balance - COALESCE(e.moved, 0) AS balance, a.row_version - COALESCE(e.entries, 0) AS row_version
             FROM ${name} a
             LEFT JOIN (SELECT le_code, account_no, SUM(amount) AS moved, COUNT(*) AS entries
                          FROM ${subTableName('act.account_entry', subTable)}
                         GROUP BY le_code, account_no) e
               ON e.le_code = a.le_code AND e.account_no = a.account_no
            WHERE a.${accountsOfPopulation}) r`
}

const otherAccountColumns = ['customer_id', 'account_class', 'currency', 'status', 'opened_on']
