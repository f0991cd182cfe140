import { createHash } from 'node:crypto'
import type { Context } from '../../kit/context.js'
import { digestCells, EntityDigests, joined, noRows, type RowDigest } from '../row-digest.js'
import type { PopulationTable } from '../tables/population-table.js'
import { partsInOrder } from '../threads/in-order.js'
import { lineJobs } from '../threads/jobs.js'
import type { PartRunner } from '../threads/runner.js'
import { type FileFormat, headerOf } from './file-format.js'

/** What was written of one table. */
export interface WrittenTable {
  readonly rows: number
  readonly bytes: number
  /** Of the bytes, hexadecimal. */
  readonly sha256: string
  /** Of the rows, as `corelab users verify` computes it in SQL; whatever the format and the order. */
  readonly digest: RowDigest
  /** Minor units. */
  readonly amount: bigint
}

export interface TableWishes {
  readonly table: PopulationTable
  readonly format: FileFormat
  readonly customers: number
}

/** How much there was in one part. */
export interface PartWritten {
  readonly rows: number
  readonly bytes: number
}

/**
 * Writes one table in the order of the population, part after part. The same bytes for any number of runners.
 * Throws CANCELLED, BUG, and what `write` throws.
 */
export async function streamTable(
  { table, format, customers }: TableWishes,
  runners: readonly PartRunner[],
  output: {
    readonly write: (bytes: Uint8Array) => Promise<void>
    readonly onPart?: (written: PartWritten) => void
    readonly signal: Context['signal']
  },
): Promise<WrittenTable> {
  const sha256 = createHash('sha256')
  let bytes = 0
  let digest = noRows
  let amount = 0n
  const write = async (piece: Uint8Array) => {
    sha256.update(piece)
    bytes += piece.length
    await output.write(piece)
  }
  const header = headerOf(format, table.fields)
  if (header !== null) await write(Buffer.from(header, 'utf8'))
  await partsInOrder(lineJobs(table, format, customers), runners, {
    signal: output.signal,
    take: async (part) => {
      const piece = part.bytes ?? new Uint8Array()
      await write(piece)
      let rows = 0
      for (const each of part.tables) {
        rows += each.rows
        digest = joined(digest, digestOf(each.digests))
        amount += BigInt(each.amount)
      }
      output.onPart?.({ rows, bytes: piece.length })
    },
  })
  return { rows: digest.rows, bytes, sha256: sha256.digest('hex'), digest, amount }
}

function digestOf(cells: Float64Array): RowDigest {
  let total = noRows
  for (let at = 0; at < cells.length; at += digestCells)
    total = joined(total, new EntityDigests(cells.subarray(at, at + digestCells)).total())
  return total
}
