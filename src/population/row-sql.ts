import {
  accountNoOf,
  type CustomerId,
  customerIdBase,
  openedCustomerIdBase,
  subTableName,
} from '../model/sub-tables.js'
import { customerTable as customers } from './tables/customer.js'
import type { PopulationTable } from './tables/population-table.js'
import { settlementAccountTable } from './tables/settlement-account.js'

/** A big table of the population, as the verifier sees it. */
export interface VerifiedTable {
  readonly table: PopulationTable
  readonly name: 'cif.customer' | 'act.settlement_account'
  /** The column that, with `le_code`, is the primary key. */
  readonly key: 'customer_id' | 'account_no'
  /**
   * A SELECT of one sub-table with the columns `entity`, `id`, `opening` (balance when it was loaded, 0 for customers)
   * and `line`: the row's bytes as the generator wrote them.
   */
  rowsOf(subTable: number): string
}

/** Only numbers of the population: customers who were opened by calls are none of the verifier's business. */
const firstId = customerIdBase as CustomerId
const lastId = (openedCustomerIdBase - 1) as CustomerId

export const customerTable: VerifiedTable = {
  table: customers,
  name: 'cif.customer',
  key: 'customer_id',
  rowsOf: (subTable) => `
    SELECT le_code AS entity, customer_id AS id, 0 AS opening,
           CONCAT_WS('\\t', ${customers.fields.join(', ')}) AS line
      FROM ${subTableName('cif.customer', subTable)}
     WHERE customer_id BETWEEN ${firstId} AND ${lastId}`,
}

/**
 * Postings are taken back, so that a population can be verified after it was used: every entry moved the balance by
 * its amount and the version by one.
 */
export const accountTable: VerifiedTable = {
  table: settlementAccountTable,
  name: 'act.settlement_account',
  key: 'account_no',
  rowsOf: (subTable) => `
    SELECT entity, id, opening, CONCAT_WS('\\t', ${accountLine.join(', ')}) AS line
      FROM (SELECT a.*, a.le_code AS entity, a.account_no AS id,
                   a.balance - COALESCE(e.moved, 0) AS opening,
                   a.row_version - COALESCE(e.entries, 0) AS opening_version
              FROM ${subTableName('act.settlement_account', subTable)} a
              LEFT JOIN (SELECT le_code, account_no, SUM(amount) AS moved, COUNT(*) AS entries
                           FROM ${subTableName('act.account_entry', subTable)}
                          GROUP BY le_code, account_no) e
                ON e.le_code = a.le_code AND e.account_no = a.account_no
             WHERE a.account_no BETWEEN ${accountNoOf(firstId, 0)} AND ${accountNoOf(lastId, 9)}) opened`,
}

const openingColumns: Readonly<Record<string, string>> = {
  balance: 'opening',
  row_version: 'opening_version',
}
const accountLine = settlementAccountTable.fields.map((field) => openingColumns[field] ?? field)

/** One row per entity: how many rows, and the digest that does not depend on their order. */
export function digestSql(table: VerifiedTable, subTable: number): string {
  return `SELECT entity, COUNT(*) AS \`rows\`, BIT_XOR(CRC32(line)) AS \`xor\`, SUM(CRC32(line)) AS \`sum\`,
                 SUM(opening) AS opening
            FROM (${table.rowsOf(subTable)}) t GROUP BY entity`
}

/** Key and checksum of every row of one entity. */
export function rowChecksumsSql(table: VerifiedTable, subTable: number, entity: string): string {
  return `SELECT id, CRC32(line) AS crc FROM (${table.rowsOf(subTable)}) t WHERE entity = '${entity}'`
}
