import type { SqlConnection } from '../../clients/mysql/connection.js'
import { cancelled } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { subTableCount, subTableName } from '../../model/sub-tables.js'
import type { PopulationTableName } from '../tables/population-table.js'
import { refusalOf, type VerifiedNode } from './compare-node.js'
import type { IntegrityOptions } from './integrity-options.js'
import {
  orphansSql,
  type Reference,
  type Route,
  references,
  routeDigestSql,
  routes,
  wrongCardsSql,
  wrongIdentitiesSql,
} from './integrity-sql.js'
import type { PopulationCheck } from './verdict.js'
import { checkVouchers } from './vouchers.js'

type IntegrityCheck = (connection: SqlConnection, options: IntegrityOptions) => Promise<PopulationCheck>

/** What must hold between the tables, asked in SQL without the generator. */
const integrityChecks: readonly (readonly [PopulationCheck['name'], IntegrityCheck])[] = [
  ['references', checkReferences],
  ['routes', checkRoutes],
  ['vouchers', checkVouchers],
  ['identities', checkIdentities],
]

/**
 * Where all nodes have the same rows, one is enough for each check: the `share`-th of `of` nodes takes every `of`-th of
 * them. Throws what the connection throws, and CANCELLED.
 */
export async function checkIntegrity(
  { node, connection }: VerifiedNode,
  { share, of }: { readonly share: number; readonly of: number },
  options: IntegrityOptions,
): Promise<PopulationCheck[]> {
  const checks: PopulationCheck[] = []
  for (const [name, check] of integrityChecks.filter((_, index) => index % of === share)) {
    const refused = (error: unknown) => ({ name, valid: false, summary: '', violations: [refusalOf(error)] })
    const { violations, ...result } = await check(connection, options).catch(refused)
    checks.push({ ...result, violations: violations.map((each) => `${node}: ${each}`) })
  }
  return checks
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
    const digestOf = async (name: PopulationTableName) => {
      const digest = await routeDigest(connection, name, each, signal)
      onQuery()
      return digest
    }
    const route = await digestOf(each.route)
    const base = await digestOf(each.base)
    total += route.rows
    if (route.rows !== base.rows || route.sum !== base.sum)
      violations.push(routeSentence(each, route.rows, base.rows))
  }
  return {
    name: 'routes',
    valid: violations.length === 0,
    summary: `${formatCount(total)} routes lead where their customer is, none is missing`,
    violations,
  }
}

interface DigestRow {
  readonly rows: number | string
  readonly sum: string
}

async function routeDigest(
  connection: SqlConnection,
  name: PopulationTableName,
  route: Route,
  signal: AbortSignal,
): Promise<{ readonly rows: number; readonly sum: bigint }> {
  let rows = 0
  let sum = 0n
  for (let subTable = 0; subTable < subTableCount; subTable++) {
    if (signal.aborted) throw cancelled()
    const [found] = await connection.query<DigestRow>(routeDigestSql(name, route, subTable))
    rows += Number(found?.rows ?? 0)
    sum += BigInt(found?.sum ?? 0)
  }
  return { rows, sum }
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
  for (const { table, what, sqlOf } of numberChecks.filter((check) => has(check.table))) {
    for (let subTable = 0; subTable < subTableCount; subTable++) {
      if (signal.aborted) throw cancelled()
      const [found] = await connection.query<CountRow>(sqlOf(subTable))
      const n = Number(found?.n ?? 0)
      const name = subTableName(table, subTable)
      if (n > 0) violations.push(`${name}: ${formatCount(n)} impossible ${what}, first ${found?.first}`)
      onQuery()
    }
  }
  return {
    name: 'identities',
    valid: violations.length === 0,
    summary: 'identity numbers fit check character, birth date and sex; card numbers their check digit',
    violations,
  }
}

const numberChecks = [
  { table: 'cif.customer', what: 'identity numbers', sqlOf: wrongIdentitiesSql },
  { table: 'cif.route_account', what: 'card numbers', sqlOf: wrongCardsSql },
] as const
