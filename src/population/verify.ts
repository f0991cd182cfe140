import type { SqlConnection } from '../clients/mysql/connection.js'
import type { Context } from '../kit/context.js'
import { cancelled } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import { formatMinor } from '../kit/money.js'
import { formatCount } from '../kit/units.js'
import type { CheckVerdict } from '../model/demo-result.js'
import { legalEntity, memberEntityCount } from '../model/legal-entity.js'
import { subTableCount, subTableName } from '../model/sub-tables.js'
import { type ExpectedPopulation, expectedPopulation } from './expected-population.js'
import { PopulationGenerator } from './generator.js'
import { locateDifferences, type RowDifference } from './locate-differences.js'
import { assertPopulation, type PopulationSpec } from './population.js'
import type { RowDigest } from './row-digest.js'
import { accountTable, customerTable, digestSql, type VerifiedTable } from './row-sql.js'

export interface VerifyPopulationOptions extends PopulationSpec {
  /** A session with the node to verify; reading rights suffice. */
  readonly connection: SqlConnection
  /** Its name, for the sentences. */
  readonly node: string
}

export interface VerifyOutcome {
  readonly verdict: CheckVerdict
  readonly customers: number
  readonly accounts: number
  /** Sum of the opening balances found, in minor units. */
  readonly totalBalance: bigint
  /** The first differing rows by primary key, up to a limit. */
  readonly differences: readonly RowDifference[]
}

/**
 * Compares every row on one node with the generator: counts, opening balances, and a digest per sub-table and legal
 * entity; where a digest differs, the rows are found. Works before and after the accounts were used. Throws what the
 * connection throws, and CANCELLED.
 */
export function verifyPopulation(options: VerifyPopulationOptions, context: Context): Promise<VerifyOutcome> {
  assertPopulation(options)
  return asStep(
    context.emit,
    {
      step: verifyStep(options),
      title: `Verify ${formatCount(options.customers)} customers on ${options.node}`,
    },
    context.clock,
    () => compareAll(options, context),
    ({ verdict }) => verdict.summary,
  )
}

const verifyStep = ({ node }: VerifyPopulationOptions) => `population.verify.${node}`

/** An entity of a sub-table whose rows are not what they should be. */
interface Mismatch {
  readonly table: VerifiedTable
  readonly subTable: number
  readonly entity: number
}

interface Found {
  readonly rows: Map<VerifiedTable, number>
  totalBalance: bigint
  readonly mismatches: Mismatch[]
}

/** More are counted but not listed. */
const mismatchesLocatedMax = 20

async function compareAll(options: VerifyPopulationOptions, context: Context): Promise<VerifyOutcome> {
  const generator = new PopulationGenerator(options)
  const expected = await expectedPopulation(generator, options.customers, context)
  const found: Found = { rows: new Map(), totalBalance: 0n, mismatches: [] }
  let done = 0
  for (const table of [customerTable, accountTable]) {
    for (let subTable = 0; subTable < subTableCount; subTable++) {
      if (context.signal.aborted) throw cancelled()
      await compareSubTable(options.connection, { table, subTable, expected, found })
      const progress = { done: ++done, total: 2 * subTableCount, unit: 'sub-tables' }
      context.emit({ kind: 'step.progress', step: verifyStep(options), ...progress })
    }
  }
  const differences: RowDifference[] = []
  for (const mismatch of found.mismatches.slice(0, mismatchesLocatedMax)) {
    const customers = options.customers
    differences.push(...(await locateDifferences(options.connection, generator, { ...mismatch, customers })))
  }
  return outcomeOf(options, expected, found, differences)
}

async function compareSubTable(
  connection: SqlConnection,
  { table, subTable, expected, found }: ComparedSubTable,
): Promise<void> {
  const groups = await connection.query<DigestRow>(digestSql(table, subTable))
  const byEntity = new Map(groups.map((group) => [group.entity, group]))
  for (const group of groups) {
    found.rows.set(table, (found.rows.get(table) ?? 0) + Number(group.rows))
    found.totalBalance += BigInt(group.opening)
  }
  for (let entity = 0; entity <= memberEntityCount; entity++) {
    const wanted = expected.digestOf(table, subTable, entity)
    if (!sameDigest(wanted, byEntity.get(legalEntity(entity)))) {
      found.mismatches.push({ table, subTable, entity })
    }
  }
}

interface ComparedSubTable {
  readonly table: VerifiedTable
  readonly subTable: number
  readonly expected: ExpectedPopulation
  readonly found: Found
}

/** Aggregates of decimals come back as strings. */
interface DigestRow {
  readonly entity: string
  readonly rows: number | string
  readonly xor: number | string
  readonly sum: string
  readonly opening: string
}

function sameDigest(wanted: RowDigest, found: DigestRow | undefined): boolean {
  if (found === undefined) return wanted.rows === 0
  return (
    wanted.rows === Number(found.rows) && wanted.xor === Number(found.xor) && wanted.sum === BigInt(found.sum)
  )
}

function outcomeOf(
  { node }: VerifyPopulationOptions,
  expected: ExpectedPopulation,
  found: Found,
  differences: readonly RowDifference[],
): VerifyOutcome {
  const customers = found.rows.get(customerTable) ?? 0
  const accounts = found.rows.get(accountTable) ?? 0
  const valid = found.mismatches.length === 0 && found.totalBalance === expected.balance
  const counted = `${formatCount(customers)} customers, ${formatCount(accounts)} accounts, opening balances ${formatMinor(found.totalBalance)}`
  const summary = valid
    ? `${node}: ${counted}, every row equal to the generator's`
    : `${node}: ${counted}; ${whatDiffers(found, differences)}`
  return {
    verdict: {
      name: `population ${node}`,
      valid,
      summary,
      details: {
        node,
        customersExpected: expected.customers,
        customersFound: customers,
        accountsExpected: expected.accounts,
        accountsFound: accounts,
        balanceExpected: expected.balance.toString(),
        balanceFound: found.totalBalance.toString(),
        entitiesDiffering: found.mismatches.length,
        firstDifference: differences[0] ? sentenceOf(differences[0]) : null,
      },
    },
    customers,
    accounts,
    totalBalance: found.totalBalance,
    differences,
  }
}

function whatDiffers({ mismatches }: Found, differences: readonly RowDifference[]): string {
  const [first] = differences
  const where = first ? `, first ${sentenceOf(first)}` : ''
  return `${mismatches.length} of the sub-table parts (by legal entity) differ${where}`
}

function sentenceOf({ table, subTable, entity, id, kind }: RowDifference): string {
  return `${subTableName(table, subTable)} ${entity} ${id} ${kind}`
}
