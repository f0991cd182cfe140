import type { SqlConnection } from '../../clients/mysql/connection.js'
import { CorelabError, cancelled, reasonOf } from '../../kit/errors.js'
import { legalEntity, memberEntityCount } from '../../model/legal-entity.js'
import type { RowDigest } from '../row-digest.js'
import type { PopulationTable, PopulationTableName } from '../tables/population-table.js'
import type { ExpectedPopulation } from './expected.js'
import { digestSql, physicalName } from './table-sql.js'

/** A session with a node; reading rights suffice. */
export interface VerifiedNode {
  readonly node: string
  readonly connection: SqlConnection
}

/** The rows of one legal entity in one sub-table: they are not what they should be. */
export interface DifferingPart {
  readonly table: PopulationTable
  readonly subTable: number
  readonly entity: number
}

export interface NodeFound {
  readonly node: string
  readonly rows: ReadonlyMap<PopulationTableName, number>
  readonly parts: readonly DifferingPart[]
  /** Tables that the server would not read as they should be, e.g. because a column is gone; with its words. */
  readonly unreadable: readonly string[]
}

export interface CompareOptions {
  readonly tables: readonly PopulationTable[]
  readonly expected: ExpectedPopulation
  readonly onSubTable: (rows: number) => void
  readonly signal: AbortSignal
}

/**
 * Compares the digest of every entity in every sub-table of one node; its sessions share the sub-tables. Throws what a
 * connection throws, and CANCELLED.
 */
export async function compareNode(
  node: string,
  sessions: readonly SqlConnection[],
  options: CompareOptions,
): Promise<NodeFound> {
  const rows = new Map<PopulationTableName, number>()
  const parts: DifferingPart[] = []
  const unreadable: string[] = []
  const waiting = options.tables.flatMap((table) =>
    Array.from({ length: table.subTables }, (_, subTable) => ({ table, subTable })),
  )
  const compareNext = async (connection: SqlConnection) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (options.signal.aborted) throw cancelled()
      const { table, subTable } = next
      const found = await connection.query<DigestRow>(digestSql(table, subTable)).catch((error: unknown) => {
        unreadable.push(`${physicalName(table, subTable)}: ${refusalOf(error)}`)
        return null
      })
      if (found === null) continue
      const count = found.reduce((sum, each) => sum + Number(each.rows), 0)
      rows.set(table.name, (rows.get(table.name) ?? 0) + count)
      parts.push(...differingParts(next, found, options.expected))
      options.onSubTable(count)
    }
  }
  for (const outcome of await Promise.allSettled(sessions.map(compareNext)))
    if (outcome.status === 'rejected') throw outcome.reason
  return { node, rows, parts, unreadable }
}

function differingParts(
  { table, subTable }: Pick<DifferingPart, 'table' | 'subTable'>,
  found: readonly DigestRow[],
  expected: ExpectedPopulation,
): DifferingPart[] {
  const byEntity = new Map(found.map((each) => [each.entity, each]))
  return Array.from({ length: memberEntityCount + 1 }, (_, entity) => ({ table, subTable, entity })).filter(
    (part) => {
      const wanted = expected.digestOf(table, subTable, part.entity)
      return !sameDigest(wanted, byEntity.get(legalEntity(part.entity)))
    },
  )
}

/** Aggregates of decimals come back as strings. */
interface DigestRow {
  readonly entity: string
  readonly rows: number | string
  readonly sum: number | string
}

function sameDigest(wanted: RowDigest, found: DigestRow | undefined): boolean {
  if (found === undefined) return wanted.rows === 0
  return wanted.rows === Number(found.rows) && wanted.sum === BigInt(found.sum)
}

/** The server's words when it refused a statement; whatever else went wrong is thrown. */
export function refusalOf(error: unknown): string {
  if (error instanceof CorelabError && error.code === 'DATABASE_REFUSED') return reasonOf(error)
  throw error
}
