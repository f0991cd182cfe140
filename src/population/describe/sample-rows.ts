import type { Context } from '../../kit/context.js'
import { PopulationGenerator } from '../generator.js'
import type { PopulationSpec } from '../population.js'
import type { PopulationTable, PopulationTableName } from '../tables/population-table.js'
import { populationTables } from '../tables/population-tables.js'
import { TsvWriter } from '../tsv-writer.js'

/** Gets the values of each row of a table, in the order of its fields. */
export type RowListener = (values: readonly string[]) => void

/** Where the pieces of a sample begin is spread over the whole population. */
const piece = 2500

/**
 * Writes the rows of a part of the population and reads them back as text, as a bank would get them: what is described
 * is what is loaded, not what the generator thinks of it. `onPiece` is told how many customers were read. Throws CANCELLED.
 */
export async function sampleRows(
  spec: PopulationSpec,
  sample: {
    readonly customers: number
    readonly listeners: Readonly<Partial<Record<PopulationTableName, RowListener>>>
    readonly onPiece: (customers: number) => void
  },
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<void> {
  const generator = new PopulationGenerator(spec)
  const writer = new TsvWriter(1024 * 1024)
  const tables = populationTables.filter(({ name }) => sample.listeners[name] !== undefined)
  const pieces = Math.ceil(sample.customers / piece)
  for (let index = 0; index < pieces; index++) {
    const count = Math.min(piece, sample.customers - index * piece)
    const first = Math.floor((index * spec.customers) / pieces)
    for (const table of tables) {
      const listener = sample.listeners[table.name] as RowListener
      readTable(generator, table, { first: Math.min(first, spec.customers - count), count, writer, listener })
    }
    sample.onPiece(count)
    // Lets signals and the progress display have their turn.
    await clock.sleep(0, signal)
  }
}

interface Reading {
  readonly first: number
  readonly count: number
  readonly writer: TsvWriter
  readonly listener: RowListener
}

function readTable(generator: PopulationGenerator, table: PopulationTable, reading: Reading): void {
  const { first, count, writer, listener } = reading
  const keys = generator.keysOf({ first, count }, table.order)
  const read = () => {
    for (const line of writer.written().toString('utf8').split('\n'))
      if (line !== '') listener(line.split('\t'))
    writer.clear()
  }
  for (let subTable = 0; subTable < table.subTables; subTable++) {
    generator.write(table, keys, subTable, writer, read)
    read()
  }
}
