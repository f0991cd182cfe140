import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { formatMinor } from '../../kit/money.js'
import { formatCount } from '../../kit/units.js'
import { assertPopulation, type PopulationSpec } from '../population.js'
import type { PopulationTable } from '../tables/population-table.js'
import { populationTables } from '../tables/population-tables.js'
import { checkIntegrity } from './check-integrity.js'
import { compareNode, type DifferingPart, type NodeFound, type VerifiedNode } from './compare-node.js'
import { type ExpectedPopulation, expectedPopulation } from './expected.js'
import { type ExpectedLines, expectedLines, locateDifferences, type RowDifference } from './locate.js'
import {
  differenceSentence,
  type NodeVerdict,
  type PopulationCheck,
  type PopulationVerdict,
} from './verdict.js'

export interface VerifyPopulationOptions extends PopulationSpec {
  /** Each is compared with the generator; what must hold between tables is asked on one of them each. */
  readonly nodes: readonly VerifiedNode[]
  /** Threads that generate; 1 without it. */
  readonly workers?: number
  /** All of the population without it. */
  readonly tables?: readonly PopulationTable[]
}

const step = 'population.verify'

/** More are counted but not looked for. */
const partsLocatedMax = 20

/**
 * Compares every row on every node with the generator: a digest per sub-table and legal entity, and where one differs,
 * the rows. Then what must hold between the tables. Works before and after the accounts were used, while service goes
 * on. Throws what a connection throws, CANCELLED and BUG.
 */
export async function verifyPopulation(
  options: VerifyPopulationOptions,
  context: Context,
): Promise<PopulationVerdict> {
  assertPopulation(options)
  const startedMs = context.clock.monotonicMs()
  const { nodes, workers = 1, tables = populationTables, ...spec } = options
  const expected = await expectedPopulation(spec, workers, context)
  const title = `Verify ${formatCount(spec.customers)} customers on ${nodes.map(({ node }) => node).join(', ')}`
  return asStep(
    context.emit,
    { step, title },
    context.clock,
    async () => {
      const compared = await compareAll({ nodes, tables, expected }, context)
      const differences = await locateAll(nodes, compared.found, spec, context)
      const checks = inOrder([rowsCheck(compared.found), ...compared.checks])
      const durationMs = context.clock.monotonicMs() - startedMs
      return verdictOf(spec, { tables, expected, found: compared.found, checks, differences, durationMs })
    },
    ({ summary }) => summary,
  )
}

interface Comparison {
  readonly nodes: readonly VerifiedNode[]
  readonly tables: readonly PopulationTable[]
  readonly expected: ExpectedPopulation
}

/** All nodes at the same time; then each takes a part of the checks between tables. */
async function compareAll({ nodes, tables, expected }: Comparison, context: Context) {
  const { signal } = context
  const total = nodes.length * tables.reduce((sum, { subTables }) => sum + subTables, 0)
  let done = 0
  let rows = 0
  const show = (note: string) =>
    context.emit({ kind: 'step.progress', step, done, total, unit: 'sub-tables', note })
  const onSubTable = (count: number) => {
    done++
    rows += count
    show(`${formatCount(rows)} rows`)
  }
  const has = (name: PopulationTable['name']) => tables.some((table) => table.name === name)
  const onQuery = () => show(`${formatCount(rows)} rows, checks between tables`)
  const all = await Promise.all(
    nodes.map(async (node, share) => ({
      found: await compareNode(node.node, [node.connection], { tables, expected, onSubTable, signal }),
      checks: await checkIntegrity(node, { share, of: nodes.length }, { has, onQuery, signal }),
    })),
  )
  return { found: all.map(({ found }) => found), checks: all.flatMap(({ checks }) => checks) }
}

async function locateAll(
  nodes: readonly VerifiedNode[],
  found: readonly NodeFound[],
  spec: PopulationSpec,
  context: Context,
): Promise<RowDifference[]> {
  const wanted = found.map(({ parts }) => parts.slice(0, partsLocatedMax))
  if (wanted.every((parts) => parts.length === 0)) return []
  const lines: ExpectedLines = await expectedLines(spec, wanted.flat(), context)
  const differences: RowDifference[] = []
  for (const [index, node] of nodes.entries())
    differences.push(...(await locateDifferences(node, wanted[index] as readonly DifferingPart[], lines)))
  return differences
}

const checkOrder = ['rows', 'references', 'routes', 'vouchers', 'identities']

function inOrder(checks: readonly PopulationCheck[]): PopulationCheck[] {
  return checks.toSorted((left, right) => checkOrder.indexOf(left.name) - checkOrder.indexOf(right.name))
}

function rowsCheck(found: readonly NodeFound[]): PopulationCheck {
  const names = found.map(({ node }) => node).join(', ')
  return {
    name: 'rows',
    valid: found.every(({ parts, unreadable }) => parts.length === 0 && unreadable.length === 0),
    summary: `every row of every table is the generator's, byte for byte, on ${names}`,
    violations: [
      ...found.flatMap(({ node, unreadable }) => unreadable.map((each) => `${node} ${each}`)),
      ...found
        .filter(({ parts }) => parts.length > 0)
        .map(
          ({ node, parts }) =>
            `${node}: ${formatCount(parts.length)} sub-table parts (by legal entity) differ`,
        ),
    ],
  }
}

interface Findings {
  readonly tables: readonly PopulationTable[]
  readonly expected: ExpectedPopulation
  readonly found: readonly NodeFound[]
  readonly checks: readonly PopulationCheck[]
  readonly differences: readonly RowDifference[]
  readonly durationMs: number
}

function verdictOf(population: PopulationSpec, findings: Findings): PopulationVerdict {
  const { tables, expected, found, checks, differences, durationMs } = findings
  const accountTable = tables.find(({ name }) => name === 'act.settlement_account')
  const accounts = accountTable ? expected.rowsOf(accountTable) : 0
  const balance = accountTable ? expected.amountOf(accountTable) : 0n
  const rows = tables.reduce((sum, table) => sum + expected.rowsOf(table), 0)
  const valid = checks.every((check) => check.valid)
  const first = checks.find((check) => !check.valid)
  const counted = `${formatCount(population.customers)} customers, ${formatCount(rows)} rows, opening balances ${formatMinor(balance)}`
  return {
    valid,
    summary: valid
      ? `${counted}, proven on ${found.length === 1 ? found[0]?.node : `${found.length} nodes`}`
      : `${counted}; ${[first?.violations[0], ...differences.slice(0, 1).map(differenceSentence)].join(', first ')}`,
    population,
    customers: population.customers,
    accounts,
    rows,
    balance,
    nodes: found.map((node) => nodeVerdict(node, tables, expected)),
    checks,
    differences,
    durationMs,
  }
}

function nodeVerdict(
  { node, rows, parts, unreadable }: NodeFound,
  tables: readonly PopulationTable[],
  expected: ExpectedPopulation,
): NodeVerdict {
  return {
    node,
    equal: parts.length === 0 && unreadable.length === 0,
    tables: tables.map((table) => ({
      name: table.name,
      rows: rows.get(table.name) ?? 0,
      expected: expected.rowsOf(table),
    })),
    partsDiffering: parts.length,
  }
}
