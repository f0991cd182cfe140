import { type PopulationSpec, populationLayout } from '../population.js'
import type { PopulationTable } from '../tables/population-table.js'
import { type ColumnType, columnType } from './columns.js'
import type { FileFormat } from './file-format.js'
import type { WrittenTable } from './table-stream.js'

/**
 * `manifest.json` beside the files: what they hold, and how to see that they are whole. The same population gives the
 * same manifest on every machine: no times, no paths.
 */
export interface Manifest {
  readonly schema: 'corelab/population@1'
  readonly population: PopulationSpec & {
    /** Version of the generator: another one gives other rows for the same seed. */
    readonly layout: number
    /** The text that was hashed to the seed; null when it was a number. */
    readonly seedText: string | null
  }
  readonly format: FileFormat
  readonly notes: readonly string[]
  readonly tables: readonly ManifestTable[]
}

export interface ManifestTable {
  readonly name: string
  readonly file: string
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[]
  readonly key: readonly string[]
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
  /** `rows`, `BIT_XOR` and `SUM` of the CRC-32 of every row, its columns joined by tabs. The sum as text: it is long. */
  readonly digest: { readonly crc32Xor: number; readonly crc32Sum: string }
}

export function manifestOf(
  population: { readonly spec: PopulationSpec; readonly seedText: string | null },
  format: FileFormat,
  tables: readonly ManifestTable[],
): Manifest {
  const { seed, customers, entities, locale, identity } = population.spec
  return {
    schema: 'corelab/population@1',
    population: {
      seed,
      seedText: population.seedText,
      customers,
      entities,
      locale,
      identity,
      layout: populationLayout,
    },
    format,
    notes: notesOf(format, identity),
    tables,
  }
}

export function manifestTable(
  table: PopulationTable,
  format: FileFormat,
  written: WrittenTable,
): ManifestTable {
  const { rows, bytes, sha256, digest } = written
  return {
    name: table.name,
    file: `${table.name}.${format}`,
    columns: table.fields.map((name) => ({ name, type: columnType(name) })),
    key: table.key,
    rows,
    bytes,
    sha256,
    digest: { crc32Xor: digest.xor, crc32Sum: digest.sum.toString() },
  }
}

function notesOf(format: FileFormat, identity: PopulationSpec['identity']): string[] {
  const nulls = { tsv: '\\N', csv: 'an empty field', jsonl: 'null' }[format]
  return [
    'UTF-8, lines end with LF. Amounts are whole numbers of fen.',
    `NULL is ${nulls}.`,
    identity === 'safe'
      ? 'Identity numbers, phones and cards are from ranges that were never assigned: no row is a real person.'
      : 'LOOKALIKE: identity numbers and phones are from assigned ranges: rows may coincide with living people.',
  ]
}
