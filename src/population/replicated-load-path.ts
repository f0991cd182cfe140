import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { SqlConnection } from '../clients/mysql/connection.js'
import { sqlLiteral } from '../clients/mysql/connection.js'
import { assert } from '../kit/assert.js'
import { cancelled } from '../kit/errors.js'
import { subTableCount, subTableName } from '../model/sub-tables.js'
import type { ChunkKeys, RowRange } from './chunk-keys.js'
import type { Flush, PopulationGenerator, WrittenRows } from './generator.js'
import { type LoadedChunk, recordChunk } from './load-ledger.js'
import type { LoadPath, RowsSent } from './load-path.js'
import type { PopulationSpec } from './population.js'
import { customerTable } from './tables/customer.js'
import { settlementAccountTable } from './tables/settlement-account.js'
import { TsvWriter } from './tsv-writer.js'

export interface ReplicatedLoadOptions {
  /** A session with the master. */
  readonly connection: SqlConnection
  readonly generator: PopulationGenerator
  readonly spec: Pick<PopulationSpec, 'seed' | 'entities'>
  /** Where the server may read files; one small file at a time is there. */
  readonly dir: string
}

/**
 * A chunk is one transaction of about 60,000 rows: large enough that its commit costs little, small enough that
 * replicas, which start to apply it when it is committed, stay close behind.
 */
const customersPerChunk = 25_000

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
    const { connection, generator, spec } = this.options
    const keys = generator.keysOf(range)
    await connection.begin()
    try {
      for (let subTable = 0; subTable < subTableCount; subTable++) {
        await this.#loadCustomers(keys, subTable, onRows, signal)
      }
      const accounts: WrittenRows[] = []
      for (let subTable = 0; subTable < subTableCount; subTable++) {
        accounts.push(await this.#loadAccounts(keys, subTable, onRows, signal))
      }
      const chunk = {
        firstRow: range.first,
        customers: range.count,
        accounts: accounts.reduce((sum, { rows }) => sum + rows, 0),
        balance: accounts.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
      }
      await recordChunk(connection, spec, chunk)
      await connection.commit()
      return chunk
    } catch (error) {
      if (connection.usable && connection.inTransaction) await connection.rollback().catch(() => undefined)
      throw error
    }
  }

  async #loadCustomers(
    keys: ChunkKeys,
    subTable: number,
    onRows: (sent: RowsSent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { generator } = this.options
    let rows = 0
    const bytes = this.#writeFile((flush) => {
      rows = generator.write(customerTable, keys, subTable, this.#writer, flush).rows
    })
    const into = { table: subTableName('cif.customer', subTable), fields: customerTable.fields }
    await this.#loadFile(into, { rows, bytes }, signal)
    onRows({ rows, bytes })
  }

  async #loadAccounts(
    keys: ChunkKeys,
    subTable: number,
    onRows: (sent: RowsSent) => void,
    signal: AbortSignal,
  ): Promise<WrittenRows> {
    const { generator } = this.options
    let written: WrittenRows = { rows: 0, amount: 0 }
    const bytes = this.#writeFile((flush) => {
      written = generator.write(settlementAccountTable, keys, subTable, this.#writer, flush)
    })
    const into = {
      table: subTableName('act.settlement_account', subTable),
      fields: settlementAccountTable.fields,
    }
    await this.#loadFile(into, { rows: written.rows, bytes }, signal)
    onRows({ rows: written.rows, bytes })
    return written
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
    into: { readonly table: string; readonly fields: readonly string[] },
    { rows }: RowsSent,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) throw cancelled()
    if (rows === 0) return
    // LOAD DATA cannot be prepared. Not LOCAL: that would turn errors into warnings and drop duplicates quietly.
    const { affectedRows } = await this.options.connection.execute(
      `LOAD DATA INFILE ${sqlLiteral(this.#file)} INTO TABLE ${into.table} CHARACTER SET utf8mb4
         FIELDS TERMINATED BY '\\t' ESCAPED BY '' LINES TERMINATED BY '\\n' (${into.fields.join(', ')})`,
    )
    assert(affectedRows === rows, `${into.table}: the server read ${affectedRows} of ${rows} rows`)
    unlinkSync(this.#file)
  }
}
