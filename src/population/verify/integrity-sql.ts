import {
  type CustomerId,
  customerIdBase,
  openedCustomerIdBase,
  subTableName,
} from '../../model/sub-tables.js'
import type { PopulationTableName } from '../tables/population-table.js'
import { accountsOfPopulation } from './table-sql.js'

/** Rows of `child` that belong to nobody are found by the columns that name their owner. */
export interface Reference {
  readonly child: PopulationTableName
  readonly parent: PopulationTableName
  readonly column: 'customer_id' | 'account_no'
}

/** Both sides of a reference lie in the same sub-table: it is that of the customer. */
export const references: readonly Reference[] = [
  { child: 'cif.identity_document', parent: 'cif.customer', column: 'customer_id' },
  { child: 'cif.contact', parent: 'cif.customer', column: 'customer_id' },
  { child: 'iam.login_user', parent: 'cif.customer', column: 'customer_id' },
  { child: 'act.settlement_account', parent: 'cif.customer', column: 'customer_id' },
  { child: 'act.ledger_sub_account', parent: 'act.settlement_account', column: 'account_no' },
  { child: 'lia.product_holding', parent: 'cif.customer', column: 'customer_id' },
  { child: 'wlt.product_holding', parent: 'cif.customer', column: 'customer_id' },
]

/** `n`: how many rows of one sub-table belong to nobody, and `first`: the owner that the first of them names. */
export function orphansSql({ child, parent, column }: Reference, subTable: number): string {
  return `SELECT COUNT(*) AS n, MIN(CONCAT_WS(' ', c.le_code, c.${column})) AS first
            FROM ${subTableName(child, subTable)} c
            LEFT JOIN ${subTableName(parent, subTable)} p ON p.le_code = c.le_code AND p.${column} = c.${column}
           WHERE p.le_code IS NULL`
}

/** A routing table holds exactly what one column of its base table says. */
export interface Route {
  readonly route: PopulationTableName
  readonly base: PopulationTableName
  readonly column: 'mobile' | 'identity_no' | 'account_no'
  /** Only these rows of both. */
  readonly where: string
}

export const routes: readonly Route[] = [
  { route: 'cif.route_mobile', base: 'cif.customer', column: 'mobile', where: 'TRUE' },
  { route: 'cif.route_identity', base: 'cif.customer', column: 'identity_no', where: 'TRUE' },
  {
    route: 'cif.route_account',
    base: 'act.settlement_account',
    column: 'account_no',
    where: accountsOfPopulation,
  },
]

/**
 * The digest of (entity, key, customer) of one sub-table. Route and base are cut into sub-tables by other columns; as sets
 * they must be equal over all of them, also after customers were opened. Each is asked for by itself: a union of all would
 * be written to a temporary table first.
 */
export function routeDigestSql(
  name: PopulationTableName,
  { column, where }: Route,
  subTable: number,
): string {
  return `SELECT COUNT(*) AS \`rows\`, COALESCE(SUM(CRC32(CONCAT_WS(' ', le_code, ${column}, customer_id))), 0) AS \`sum\`
            FROM ${subTableName(name, subTable)} WHERE ${where}`
}

/**
 * Resident identity numbers that contradict GB 11643-1999 or their own row: length, check character after ISO 7064
 * MOD 11-2, birth date, and the parity of the sequence, which is that of the sex. Written anew in SQL: it shares nothing
 * with the generator.
 */
export function wrongIdentitiesSql(subTable: number): string {
  const digit = (place: number) => `(ASCII(SUBSTR(identity_no, ${place}, 1)) - 48)`
  const sum = checkWeights.map((weight, index) => `${weight} * ${digit(index + 1)}`).join(' + ')
  const right = [
    'CHAR_LENGTH(identity_no) = 18',
    `SUBSTR('10X98765432', 1 + MOD(${sum}, 11), 1) = SUBSTR(identity_no, 18, 1)`,
    "SUBSTR(identity_no, 7, 8) = DATE_FORMAT(birth_date, '%Y%m%d')",
    `MOD(${digit(17)}, 2) = (sex = 'M')`,
  ]
  return `SELECT COUNT(*) AS n, MIN(CONCAT_WS(' ', le_code, customer_id, identity_no)) AS first
            FROM ${subTableName('cif.customer', subTable)}
           WHERE customer_id BETWEEN ${customerIdBase as CustomerId} AND ${openedCustomerIdBase - 1}
             AND NOT (${right.join(' AND ')})`
}

/** Card numbers that are no 19 digits, or do not end with the check digit of Luhn's method (ISO/IEC 7812-1). */
export function wrongCardsSql(subTable: number): string {
  const digit = (place: number) => `(ASCII(SUBSTR(card_no, ${place}, 1)) - 48)`
  const places = Array.from({ length: 18 }, (_, index) => index + 1)
  // From the right, every second one before the check digit is doubled: of 19 digits those at even places.
  const sum = places
    .map((place) =>
      place % 2 === 0 ? `ELT(1 + ${digit(place)}, 0, 2, 4, 6, 8, 1, 3, 5, 7, 9)` : digit(place),
    )
    .join(' + ')
  return `SELECT COUNT(*) AS n, MIN(CONCAT_WS(' ', le_code, account_no, card_no)) AS first
            FROM ${subTableName('cif.route_account', subTable)}
           WHERE ${accountsOfPopulation} AND card_no <> ''
             AND NOT (CHAR_LENGTH(card_no) = 19 AND MOD(${sum} + ${digit(19)}, 10) = 0)`
}

const checkWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
