import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { NodeName } from '../../model/node.js'
import type { PopulationSpec } from '../../population/population.js'
import { populationTables } from '../../population/tables/population-tables.js'
import { compareNode, type NodeFound } from '../../population/verify/compare-node.js'
import { type ExpectedPopulation, expectedPopulation } from '../../population/verify/expected.js'
import { expectedLines, locateDifferences } from '../../population/verify/locate.js'
import { differenceSentence } from '../../population/verify/verdict.js'

export interface ProveRowsOptions {
  readonly connect: () => Promise<SqlConnection>
  /** Whose data the server has. */
  readonly node: NodeName
  readonly spec: PopulationSpec
  /** Sub-tables that are read at the same time. */
  readonly streams: number
  /** The digests of what was made while it was loaded; null: it is made once more. */
  readonly expected: ExpectedPopulation | null
  /** The step whose progress it is. */
  readonly step: string
}

/** More are counted but not looked for. */
const partsLocatedMax = 3

/**
 * Reads every row back in SQL and compares, by digests, with what the generator made: each page of the new data is read from its file, and its checksum with it, before anything takes the place of what was there. Throws
 * VERIFY_FAILED naming the first rows that differ, CANCELLED, and what the database says.
 */
export async function proveRows(
  { connect, node, spec, streams, step, ...made }: ProveRowsOptions,
  context: Context,
): Promise<{ readonly rows: number }> {
  const expected = made.expected ?? (await expectedPopulation(spec, streams, context))
  const tables = populationTables
  const total = tables.reduce((sum, { subTables }) => sum + subTables, 0)
  let done = 0
  let rows = 0
  const onSubTable = (count: number) => {
    done++
    rows += count
    const note = `${formatCount(rows)} rows`
    context.emit({ kind: 'step.progress', step, done, total, unit: 'sub-tables', note })
  }
  const sessions = await Promise.all(Array.from({ length: streams }, connect))
  try {
    const { signal } = context
    const found = await compareNode(node, sessions, { tables, expected, onSubTable, signal })
    if (found.parts.length > 0 || found.unreadable.length > 0)
      throw await rowsDiffer(found, sessions, spec, context)
    return { rows }
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
  }
}

async function rowsDiffer(
  { node, parts, unreadable }: NodeFound,
  [connection]: readonly SqlConnection[],
  spec: PopulationSpec,
  context: Context,
) {
  const located = parts.slice(0, partsLocatedMax)
  const lines = await expectedLines(spec, located, context)
  const rows = connection ? await locateDifferences({ node, connection }, located, lines) : []
  return corelabError('VERIFY_FAILED', {
    message: `The rows that were loaded into ${node} are not those of the population`,
    detail: [
      'Nothing was put in the place of what the nodes had.',
      ...unreadable,
      `${formatCount(parts.length)} sub-table parts (by legal entity) differ; the first rows:`,
      ...rows.map(differenceSentence),
    ].join('\n'),
    fix: ['corelab users load --abandon', 'then the same command again'],
  })
}
