import type { ChunkKeys, RowRange } from '../../src/population/chunk-keys.js'
import type { PopulationGenerator } from '../../src/population/generator.js'
import type { PopulationSource } from '../../src/population/population.js'
import type { PopulationTable } from '../../src/population/tables/population-table.js'
import { TsvWriter } from '../../src/population/tsv-writer.js'

/** A population of 81 entities, in Chinese and safe unless told otherwise. */
export function populationSource(
  wanted: Pick<PopulationSource, 'seed'> & Partial<PopulationSource>,
): PopulationSource {
  return { entities: 81, locale: 'zh', identity: 'safe', ...wanted }
}

/** All rows of a table, sub-table after sub-table, written through a buffer of about `bufferBytes`. */
export function linesOf(
  generator: PopulationGenerator,
  table: PopulationTable,
  range: RowRange,
  bufferBytes = 64 * 1024,
): Buffer {
  const keys = generator.keysOf(range, table.order)
  const subTables = Array.from({ length: table.subTables }, (_, subTable) =>
    linesOfSubTable(generator, table, keys, subTable, bufferBytes),
  )
  return Buffer.concat(subTables)
}

export function linesOfSubTable(
  generator: PopulationGenerator,
  table: PopulationTable,
  keys: ChunkKeys,
  subTable: number,
  bufferBytes = 64 * 1024,
): Buffer {
  const parts: Buffer[] = []
  const writer = new TsvWriter(Math.max(bufferBytes, table.rowBytesMax))
  const flush = (full: TsvWriter) => {
    parts.push(Buffer.from(full.written()))
    full.clear()
  }
  generator.write(table, keys, subTable, writer, flush)
  flush(writer)
  return Buffer.concat(parts)
}

/** The rows of a table as objects. */
export function rowsOf(
  generator: PopulationGenerator,
  table: PopulationTable,
  range: RowRange,
): Record<string, string>[] {
  const lines = linesOf(generator, table, range).toString('utf8').split('\n').slice(0, -1)
  return lines.map((line) => {
    const values = line.split('\t')
    return Object.fromEntries(table.fields.map((field, index) => [field, values[index] ?? '']))
  })
}
