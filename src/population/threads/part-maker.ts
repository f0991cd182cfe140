import type { RowRange } from '../chunk-keys.js'
import { converterOf, type FileFormat } from '../files/file-format.js'
import { PopulationGenerator } from '../generator.js'
import type { PopulationSource } from '../population.js'
import { digestCells, EntityDigests } from '../row-digest.js'
import type { PopulationTable, PopulationTableName } from '../tables/population-table.js'
import { populationTable, populationTables } from '../tables/population-tables.js'
import { TsvWriter } from '../tsv-writer.js'

/** A piece of work: what the customers of a range have in one table, as lines; or in all tables, as digests. */
export type PartJob = RowRange &
  (
    | { readonly kind: 'lines'; readonly table: PopulationTableName; readonly format: FileFormat }
    | { readonly kind: 'digests' }
  )

export interface Part {
  readonly tables: readonly TablePart[]
  /** The lines; null when only digests were asked for. */
  readonly bytes: Uint8Array | null
}

export interface TablePart {
  readonly table: PopulationTableName
  readonly rows: number
  /** Minor units. */
  readonly amount: number
  /** Of each sub-table, one after the other: `EntityDigests.cells`. */
  readonly digests: Float64Array
}

const writerBytes = 256 * 1024

/** Makes parts of one population. Keeps nothing between two of them. */
export class PartMaker {
  readonly #generator: PopulationGenerator
  readonly #writer = new TsvWriter(writerBytes)

  constructor(source: PopulationSource) {
    this.#generator = new PopulationGenerator(source)
  }

  make(job: PartJob): Part {
    if (job.kind === 'digests')
      return { tables: populationTables.map((table) => this.#write(table, job, null)), bytes: null }
    const table = populationTable(job.table)
    const convert = converterOf(job.format, table.fields)
    const pieces: Buffer[] = []
    const part = this.#write(table, job, (lines) => pieces.push(convert(lines)))
    return { tables: [part], bytes: joinedBytes(pieces) }
  }

  #write(table: PopulationTable, range: RowRange, onLines: ((lines: Buffer) => void) | null): TablePart {
    const { first, count } = range
    const keys = this.#generator.keysOf({ first, count }, table.order)
    const digests = new Float64Array(table.subTables * digestCells)
    let rows = 0
    let amount = 0
    for (let subTable = 0; subTable < table.subTables; subTable++) {
      const ofSubTable = new EntityDigests(
        digests.subarray(subTable * digestCells, (subTable + 1) * digestCells),
      )
      const flush = (writer: TsvWriter) => {
        const lines = writer.written()
        ofSubTable.addLines(lines)
        onLines?.(lines)
        writer.clear()
      }
      const written = this.#generator.write(table, keys, subTable, this.#writer, flush)
      flush(this.#writer)
      rows += written.rows
      amount += written.amount
    }
    return { table: table.name, rows, amount, digests }
  }
}

/** In memory of its own, so that it can be handed over to another thread. */
function joinedBytes(pieces: readonly Buffer[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
