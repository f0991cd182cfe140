import type { SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import { cancelled } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { KeyRange } from './digest-sql.js'
import { boundarySql, digestSql, wholeTable } from './digest-sql.js'
import { locateRows } from './locate-rows.js'
import type { NodeSnapshot, SamePosition } from './same-position.js'
import type { TableShape } from './table-shape.js'
import { sameStructure } from './table-shape.js'
import type { TableDifference, VerifyTools } from './verify-tools.js'

export interface ComparedTables {
  readonly tables: number
  readonly rows: number
  readonly differences: readonly TableDifference[]
  /** Tables that DDL changed since the snapshots were opened: they cannot be read any more as they were. */
  readonly changedMeanwhile: readonly string[]
}

/** What is compared at once: large enough that a scan dominates, small enough to look into. */
const partRows = 20_000
/** More are counted by nobody: the first ones tell what is wrong. */
const differencesMax = 50

/**
 * Compares every table of every node with the master's, part by part along the primary key, on all nodes at the same
 * time. Reads each row twice on the master and once elsewhere. Reports rows as progress of `step`. Throws what the
 * connections throw, and CANCELLED.
 */
export async function compareTables(
  tools: Pick<VerifyTools, 'context'>,
  at: SamePosition,
  step: string,
): Promise<ComparedTables> {
  const { emit, clock, signal } = tools.context
  const total = [...at.master.shapes.values()].reduce((sum, { rowsEstimated }) => sum + rowsEstimated, 0)
  const found: TableDifference[] = [...surplusTables(at)]
  const changedMeanwhile: string[] = []
  const startedMs = clock.monotonicMs()
  let rows = 0
  const count = (part: number) => {
    if (signal.aborted) throw cancelled()
    rows += part
    const perSecond = (rows * 1000) / Math.max(1, clock.monotonicMs() - startedMs)
    const etaMs = Math.max(0, ((total - rows) / Math.max(1, perSecond)) * 1000)
    emit({
      kind: 'step.progress',
      step,
      done: rows,
      total: Math.max(total, rows),
      unit: 'rows',
      perSecond,
      etaMs,
    })
  }
  for (const table of at.master.shapes.values()) {
    try {
      found.push(...(await compareTable(table, { at, count })))
    } catch (error) {
      if (!changedBehindSnapshot.has(mysqlErrno(error) ?? 0)) throw error
      changedMeanwhile.push(table.name)
    }
  }
  return {
    tables: at.master.shapes.size,
    rows,
    differences: found.slice(0, differencesMax),
    changedMeanwhile,
  }
}

interface Comparison {
  readonly at: SamePosition
  readonly count: (rows: number) => void
}

/** No such table; its definition has changed; it was never there for this snapshot. */
const changedBehindSnapshot: ReadonlySet<number> = new Set([1146, 1412, 1527])

async function compareTable(table: TableShape, { at, count }: Comparison): Promise<TableDifference[]> {
  const found: TableDifference[] = []
  const comparable: NodeSnapshot[] = []
  for (const replica of at.replicas) {
    const shape = replica.shapes.get(table.name)
    if (shape && sameStructure(shape, table)) comparable.push(replica)
    else found.push(unlike(replica.node, table.name, shape ? 'structure' : 'missing'))
  }
  for await (const range of partsOf(table, at.master.reader)) {
    const [master, ...others] = await Promise.all(
      [at.master, ...comparable].map(({ reader }) => digestOf(reader, table, range)),
    )
    if (!master) continue
    for (const [index, other] of others.entries()) {
      const replica = comparable[index]
      if (!replica || sameDigest(master, other)) continue
      const keys = found.length < differencesMax ? await locateRows(table, range, { at, replica }) : []
      found.push({
        node: replica.node,
        table: table.name,
        kind: 'rows',
        range: { from: keyText(range.from), to: keyText(range.to) },
        rows: { master: master.rows, node: other.rows },
        keys,
      })
    }
    count(master.rows)
  }
  return found
}

/** The table in parts of its primary key; as a whole when it is small, or has none. */
async function* partsOf(table: TableShape, reader: SqlConnection): AsyncGenerator<KeyRange> {
  let from: readonly string[] | null = null
  while (table.key.length > 0 && table.rowsEstimated > partRows) {
    const [end]: Record<string, string>[] = await reader.query(boundarySql(table, from, partRows))
    if (!end) break
    const to: readonly string[] = table.key.map((_, index) => end[`k${index}`] ?? 'NULL')
    yield { from, to }
    from = to
  }
  yield from === null ? wholeTable : { from, to: null }
}

interface Digest {
  readonly rows: number
  readonly xor: string
  readonly sum: string
}

async function digestOf(reader: SqlConnection, table: TableShape, range: KeyRange): Promise<Digest> {
  const [row] = await reader.query<{ rows: number | string; xor: number | string; sum: string }>(
    digestSql(table, range),
  )
  return { rows: Number(row?.rows ?? 0), xor: `${row?.xor}`, sum: `${row?.sum}` }
}

function sameDigest(left: Digest, right: Digest): boolean {
  return left.rows === right.rows && left.xor === right.xor && left.sum === right.sum
}

function surplusTables({ master, replicas }: SamePosition): readonly TableDifference[] {
  return replicas.flatMap(({ node, shapes }) =>
    [...shapes.keys()]
      .filter((name) => !master.shapes.has(name))
      .map((name) => unlike(node, name, 'surplus')),
  )
}

function unlike(node: NodeName, table: string, kind: TableDifference['kind']): TableDifference {
  return { node, table, kind, range: { from: null, to: null }, rows: { master: 0, node: 0 }, keys: [] }
}

/** `'E01', 42` */
function keyText(values: readonly string[] | null): string | null {
  return values === null ? null : values.map(readable).join(', ')
}

function readable(literal: string): string {
  const hex = /^_\w+ x'([0-9A-F]*)'$/.exec(literal)?.[1]
  return hex === undefined ? literal : `'${Buffer.from(hex, 'hex').toString('utf8')}'`
}
