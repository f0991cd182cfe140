import type { SqlConnection } from '../../clients/mysql/connection.js'
import { cancelled } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { subTableCount, subTableName } from '../../model/sub-tables.js'
import type { PopulationTableName } from '../tables/population-table.js'
import { refusalOf } from './compare-node.js'
import {
  orphansSql,
  type Reference,
  type Route,
  references,
  routeDigestSql,
  routes,
  wrongIdentitiesSql,
} from './integrity-sql.js'
import type { PopulationCheck } from './verdict.js'
import { checkVouchers } from './vouchers.js'

export interface IntegrityOptions {
  /** Checks whose tables are not all among these are left out. */
  readonly has: (table: PopulationTableName) => boolean
  readonly onQuery: () => void
  readonly signal: AbortSignal
}

/**
 * What must hold between the tables, asked in SQL without the generator. One node is enough where all have the same rows.
 * Throws what the connection throws, and CANCELLED.
 */
export async function checkIntegrity(
  connection: SqlConnection,
  options: IntegrityOptions,
): Promise<PopulationCheck[]> {
  const checks: PopulationCheck[] = []
  for (const [name, check] of Object.entries(integrityChecks) as [CheckName, IntegrityCheck][])
    checks.push(
      await check(connection, options).catch((error: unknown) => ({
        name,
        valid: false,
        summary: '',
        violations: [refusalOf(error)],
      })),
    )
  return checks
}

type IntegrityCheck = (connection: SqlConnection, options: IntegrityOptions) => Promise<PopulationCheck>
type CheckName = Exclude<PopulationCheck['name'], 'rows'>

const integrityChecks: Readonly<Record<CheckName, IntegrityCheck>> = {
  references: checkReferences,
  routes: checkRoutes,
  vouchers: checkVouchers,
  identities: checkIdentities,
}

async function checkReferences(
  connection: SqlConnection,
  { has, onQuery, signal }: IntegrityOptions,
): Promise<PopulationCheck> {
  const held = references.filter(({ child, parent }) => has(child) && has(parent))
  const violations: string[] = []
  for (const reference of held) {
    for (let subTable = 0; subTable < subTableCount; subTable++) {
      if (signal.aborted) throw cancelled()
      const [found] = await connection.query<CountRow>(orphansSql(reference, subTable))
      if (Number(found?.n ?? 0) > 0) violations.push(orphansOf(reference, subTable, found as CountRow))
      onQuery()
    }
  }
  return {
    name: 'references',
    valid: violations.length === 0,
    summary: `every row of ${held.length} tables has its customer or account`,
    violations,
  }
}

interface CountRow {
  readonly n: number | string
  readonly first: string | null
}

function orphansOf({ child, parent }: Reference, subTable: number, { n, first }: CountRow): string {
  return `${subTableName(child, subTable)}: ${formatCount(Number(n))} rows without their ${parent}, first ${first}`
}

async function checkRoutes(
  connection: SqlConnection,
  { has, onQuery, signal }: IntegrityOptions,
): Promise<PopulationCheck> {
  const held = routes.filter(({ route, base }) => has(route) && has(base))
  const violations: string[] = []
  let total = 0
  for (const each of held) {
    if (signal.aborted) throw cancelled()
    const route = await digestOf(connection, each.route, each.column)
    const base = await digestOf(connection, each.base, each.column)
    total += Number(route?.rows ?? 0)
    const same = route && base && route.rows === base.rows && route.xor === base.xor && route.sum === base.sum
    if (!same) violations.push(routeSentence(each, Number(route?.rows), Number(base?.rows)))
    onQuery()
  }
  return {
    name: 'routes',
    valid: violations.length === 0,
    summary: `${formatCount(total)} routes lead where their customer is, none is missing`,
    violations,
  }
}

interface DigestRow {
  readonly rows: number
  readonly xor: number | string
  readonly sum: string
}

async function digestOf(connection: SqlConnection, name: PopulationTableName, column: Route['column']) {
  const [row] = await connection.query<DigestRow>(routeDigestSql(name, column))
  return row
}

function routeSentence({ route, base, column }: Route, routed: number, there: number): string {
  const counted = `${formatCount(routed)} routes for ${formatCount(there)} rows`
  return `${route} does not lead to the ${column} of ${base} (${counted})`
}

async function checkIdentities(
  connection: SqlConnection,
  { has, onQuery, signal }: IntegrityOptions,
): Promise<PopulationCheck> {
  const violations: string[] = []
  for (let subTable = 0; subTable < subTableCount && has('cif.customer'); subTable++) {
    if (signal.aborted) throw cancelled()
    const [found] = await connection.query<CountRow>(wrongIdentitiesSql(subTable))
    const n = Number(found?.n ?? 0)
    if (n > 0)
      violations.push(
        `${subTableName('cif.customer', subTable)}: ${formatCount(n)} impossible identity numbers, first ${found?.first}`,
      )
    onQuery()
  }
  return {
    name: 'identities',
    valid: violations.length === 0,
    summary: 'every identity number has the right check character, birth date and sex',
    violations,
  }
}
