import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { SqlConnection } from '../clients/mysql/connection.js'
import { assert } from '../kit/assert.js'
import { cancelled } from '../kit/errors.js'
import type { ChunkKeys, KeyOrder, RowRange } from './chunk-keys.js'
import type { Flush, PopulationGenerator, WrittenRows } from './generator.js'
import { type LoadedChunk, recordChunk } from './load-ledger.js'
import type { LoadPath, RowsSent } from './load-path.js'
import { loadStatement } from './load-statement.js'
import type { PopulationSource } from './population.js'
import type { PopulationTable } from './tables/population-table.js'
import { populationTables } from './tables/population-tables.js'
import { TsvWriter } from './tsv-writer.js'

export interface ReplicatedLoadOptions {
  /** A session with the master. */
  readonly connection: SqlConnection
  readonly generator: PopulationGenerator
  readonly spec: PopulationSource
  /** Where the server may read files; one small file at a time is there. */
  readonly dir: string
}

/**
 * A chunk is one transaction of about 90,000 rows: large enough that its commit costs little, small enough that
 * replicas, which start to apply it when it is committed, stay close behind.
 */
const customersPerChunk = 8000

/** A whole sub-table of a chunk fits, so the file is mostly one write. */
const writerBytes = 1024 * 1024

/** Loads chunk after chunk through one session with the master. */
export class ReplicatedLoadPath implements LoadPath {
  readonly customersPerChunk = customersPerChunk
  readonly #writer = new TsvWriter(writerBytes)
  readonly #file: string

  constructor(private readonly options: ReplicatedLoadOptions) {
    this.#file = join(options.dir, 'rows.tsv')
  }

  async loadChunk(
    range: RowRange,
    onRows: (sent: RowsSent) => void,
    signal: AbortSignal,
  ): Promise<LoadedChunk> {
    const { connection, spec } = this.options
    await connection.begin()
    try {
      let accounts = noRows
      for (const order of keyOrders) {
        const tables = populationTables.filter((table) => table.order === order)
        if (tables.length === 0) continue
        const keys = this.options.generator.keysOf(range, order)
        for (const table of tables) {
          const written = await this.#loadTable(table, keys, onRows, signal)
          if (table.name === 'act.settlement_account') accounts = written
        }
      }
      const chunk = {
        firstRow: range.first,
        customers: range.count,
        accounts: accounts.rows,
        balance: BigInt(accounts.amount),
      }
      await recordChunk(connection, spec, chunk)
      await connection.commit()
      return chunk
    } catch (error) {
      if (connection.usable && connection.inTransaction) await connection.rollback().catch(() => undefined)
      throw error
    }
  }

  async #loadTable(
    table: PopulationTable,
    keys: ChunkKeys,
    onRows: (sent: RowsSent) => void,
    signal: AbortSignal,
  ): Promise<WrittenRows> {
    let total = noRows
    // A chunk rarely ends where a batch of vouchers does: the next one books the rest of it anew.
    const replacing = table.order === 'batch'
    for (let subTable = 0; subTable < table.subTables; subTable++) {
      let written = noRows
      const bytes = this.#writeFile((flush) => {
        written = this.options.generator.write(table, keys, subTable, this.#writer, flush)
      })
      const statement = loadStatement(table, subTable, this.#file, { replacing })
      await this.#loadFile(statement, { rows: written.rows, replacing }, signal)
      onRows({ rows: written.rows, bytes, keys: replacing ? 0 : keysIn(keys, subTable) })
      total = { rows: total.rows + written.rows, amount: total.amount + written.amount }
    }
    return total
  }

  /** Writes what `generate` makes into the one file, and returns its size. Synchronous: half a megabyte, into the cache. */
  #writeFile(generate: (flush: Flush) => void): number {
    const descriptor = openSync(this.#file, 'w')
    let bytes = 0
    const flush = (writer: TsvWriter) => {
      for (let at = 0; at < writer.length; )
        at += writeSync(descriptor, writer.buffer, at, writer.length - at)
      bytes += writer.length
      writer.clear()
    }
    try {
      this.#writer.clear()
      generate(flush)
      flush(this.#writer)
      return bytes
    } finally {
      closeSync(descriptor)
    }
  }

  async #loadFile(
    statement: string,
    { rows, replacing }: { readonly rows: number; readonly replacing: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) throw cancelled()
    if (rows === 0) return
    const { affectedRows } = await this.options.connection.execute(statement)
    // A row that takes another one's place counts twice.
    const isWhole = replacing ? affectedRows >= rows && affectedRows <= 2 * rows : affectedRows === rows
    assert(isWhole, `the server read ${affectedRows} of ${rows} rows: ${statement}`)
    unlinkSync(this.#file)
  }
}

const keyOrders: readonly KeyOrder[] = ['customer', 'mobile', 'identity', 'batch']
const noRows: WrittenRows = Object.freeze({ rows: 0, amount: 0 })

function keysIn({ starts }: ChunkKeys, subTable: number): number {
  return (starts[subTable + 1] as number) - (starts[subTable] as number)
}
