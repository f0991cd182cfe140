import type { Context } from '../../kit/context.js'
import { legalEntity } from '../../model/legal-entity.js'
import { crc32 } from '../crc32.js'
import { PopulationGenerator } from '../generator.js'
import type { PopulationSpec } from '../population.js'
import type { PopulationTable } from '../tables/population-table.js'
import { TsvWriter } from '../tsv-writer.js'
import type { DifferingPart, VerifiedNode } from './compare-node.js'
import { checksumsSql, keyColumns, lineSql, physicalName } from './table-sql.js'

/** A row on one node that is not what the generator makes of it. */
export interface RowDifference {
  readonly node: string
  /** As in the database, e.g. `cif.customer_05`. */
  readonly table: string
  readonly entity: string
  /** The rest of the primary key; its values joined by blanks. */
  readonly key: string
  readonly kind: 'changed' | 'missing' | 'extra'
  /** The first column that differs; null unless the row was changed. */
  readonly column: string | null
  readonly expected: string | null
  readonly found: string | null
}

/** Of one part; a reader needs a few, not all. */
const differencesPerPartMax = 10

/** Finds the differing rows of some parts of one node, row by row. Throws what the connection throws. */
export async function locateDifferences(
  { node, connection }: VerifiedNode,
  parts: readonly DifferingPart[],
  expected: ExpectedLines,
): Promise<RowDifference[]> {
  const differences: RowDifference[] = []
  for (const part of parts) {
    const { table, subTable } = part
    const entity = legalEntity(part.entity)
    const wanted = new Map(expected.of(part))
    const found = await connection.query<{ key: string | number; crc: number | string }>(
      checksumsSql(table, subTable, entity),
    )
    const where = { node, table: physicalName(table, subTable), entity }
    const ofPart: RowDifference[] = []
    for (const { key: foundKey, crc } of found) {
      const key = `${foundKey}`
      const line = wanted.get(key)
      wanted.delete(key)
      if (line !== undefined && crcOf(line) === Number(crc)) continue
      if (ofPart.length >= differencesPerPartMax) continue
      if (line === undefined) ofPart.push({ ...where, key, kind: 'extra', ...nothing })
      else {
        const [row] = await connection.query<{ line: string }>(lineSql(table, subTable, entity, key))
        ofPart.push({ ...where, key, kind: 'changed', ...firstDifference(table, line, row?.line ?? '') })
      }
    }
    for (const key of wanted.keys()) ofPart.push({ ...where, key, kind: 'missing', ...nothing })
    differences.push(...ofPart.slice(0, differencesPerPartMax))
  }
  return differences
}

const nothing = { column: null, expected: null, found: null }

function crcOf(line: string): number {
  const bytes = Buffer.from(line, 'utf8')
  return crc32(bytes, 0, bytes.length)
}

function firstDifference({ fields }: PopulationTable, wanted: string, found: string) {
  const left = wanted.split('\t')
  const right = found.split('\t')
  const at = Math.max(
    0,
    fields.findIndex((_, index) => left[index] !== right[index]),
  )
  return { column: fields[at] ?? null, expected: left[at] ?? null, found: right[at] ?? null }
}

/** The generator's lines of some parts by key. */
export interface ExpectedLines {
  of(part: DifferingPart): ReadonlyMap<string, string>
}

const chunkCustomers = 100_000

/** Generates the population once more, and keeps the lines of these parts. Seconds per million customers. Throws CANCELLED. */
export async function expectedLines(
  spec: PopulationSpec,
  parts: readonly DifferingPart[],
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<ExpectedLines> {
  const generator = new PopulationGenerator(spec)
  const writer = new TsvWriter(1024 * 1024)
  const lines = new Map(parts.map((part) => [nameOf(part), new Map<string, string>()]))
  for (const [table, subTable] of subTablesOf(parts)) {
    const keyIndexes = keyColumns(table).map((column) => table.fields.indexOf(column))
    const collect = () => {
      for (const line of writer.written().toString('utf8').split('\n')) {
        const entity = Number(line.slice(1, 3))
        const ofPart = lines.get(nameOf({ table, subTable, entity }))
        if (line === '' || ofPart === undefined) continue
        const values = line.split('\t')
        ofPart.set(keyIndexes.map((index) => values[index]).join(' '), line)
      }
      writer.clear()
    }
    for (let first = 0; first < spec.customers; first += chunkCustomers) {
      const count = Math.min(chunkCustomers, spec.customers - first)
      const keys = generator.keysOf({ first, count }, table.order)
      generator.write(table, keys, subTable, writer, collect)
      collect()
      // Lets signals and the progress display have their turn.
      await clock.sleep(0, signal)
    }
  }
  return { of: (part) => lines.get(nameOf(part)) ?? new Map() }
}

function nameOf({ table, subTable, entity }: DifferingPart): string {
  return `${table.name} ${subTable} ${entity}`
}

function subTablesOf(parts: readonly DifferingPart[]): (readonly [PopulationTable, number])[] {
  const found = new Map(
    parts.map(({ table, subTable }) => [`${table.name} ${subTable}`, [table, subTable] as const]),
  )
  return [...found.values()]
}
