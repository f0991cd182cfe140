import type { BinlogBatch } from '../../../clients/binlog/binlog-listener.js'
import type { LogEnd } from '../../../model/qlink.js'
import { beginEntry, beginEntryOf, entryBytes, finishEntry } from './index-entry.js'

/** Where a leader's binlog stands; acknowledgements speak in these terms. */
export interface LeaderPosition {
  readonly file: string
  readonly position: number
}

const initialBytes = 1024 * 1024
/** A buffer that one huge event made larger than this is given back. */
const keptBytesMax = 8 * 1024 * 1024
const initialEntries = 4096

/**
 * What is gathered while the group before it is being synced: the bytes as they will lie in the segment, and beside
 * them the index entries, ready but for their place. Buffers grow to what is needed and are used again.
 */
export class WriteGroup {
  #bytes = Buffer.allocUnsafe(initialBytes)
  #length = 0
  /** Up to the end of the last whole transaction. */
  #wholeBytes = 0
  #index = Buffer.allocUnsafe(initialEntries * entryBytes)
  #ends = new Float64Array(initialEntries)
  #count = 0
  /** Of the last whole transaction, in the log and at the leader. */
  end: LogEnd | null = null
  leader: LeaderPosition | null = null

  get length(): number {
    return this.#length
  }

  /** Transactions that end in this group. */
  get count(): number {
    return this.#count
  }

  /** The only copy that a transaction's bytes go through: the batch is not ours after this call. */
  add(batch: BinlogBatch, mysql: boolean): void {
    const base = this.#length
    this.#reserve(base + batch.bytes.length, this.#count + batch.count)
    batch.bytes.copy(this.#bytes, base)
    this.#length = base + batch.bytes.length
    for (let index = 0; index < batch.count; index++) {
      const at = this.#count * entryBytes
      const atSeconds = batch.beginSeconds[index] as number
      if (mysql) beginEntryOf(this.#index, at, { gtid: batch.gtid(index), atSeconds })
      else
        beginEntry(this.#index, at, {
          domain: batch.domain[index] as number,
          server: batch.server[index] as number,
          sequence: batch.sequence[index] as number,
          atSeconds,
        })
      this.#ends[this.#count++] = base + (batch.endOffset[index] as number)
    }
    if (batch.count > 0) this.#wholeBytes = this.#ends[this.#count - 1] as number
  }

  /** Moves what is behind the last whole transaction to the head of another group, which must be empty. */
  moveRestTo(next: WriteGroup): void {
    const rest = this.#length - this.#wholeBytes
    next.#reserve(rest, 0)
    this.#bytes.copy(next.#bytes, 0, this.#wholeBytes, this.#length)
    next.#length = rest
    this.#length = this.#wholeBytes
  }

  /** Forgets the bytes of a transaction whose end will not come. */
  dropRest(): void {
    this.#length = this.#wholeBytes
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** The index entries, when the group lies at `offset` and its first transaction began at `firstOffset`. */
  entries(place: { readonly offset: number; readonly firstOffset: number }): Buffer {
    let begin = place.firstOffset
    for (let index = 0; index < this.#count; index++) {
      const end = place.offset + (this.#ends[index] as number)
      finishEntry(this.#index, index * entryBytes, { offset: begin, length: end - begin })
      begin = end
    }
    return this.#index.subarray(0, this.#count * entryBytes)
  }

  clear(): void {
    this.#length = 0
    this.#wholeBytes = 0
    this.#count = 0
    this.end = null
    this.leader = null
    if (this.#bytes.length > keptBytesMax) this.#bytes = Buffer.allocUnsafe(initialBytes)
  }

  #reserve(bytes: number, entries: number): void {
    if (bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    if (entries * entryBytes > this.#index.length) {
      const count = Math.max(entries, this.#ends.length * 2)
      const index = Buffer.allocUnsafe(count * entryBytes)
      this.#index.copy(index, 0, 0, this.#count * entryBytes)
      const ends = new Float64Array(count)
      ends.set(this.#ends)
      this.#index = index
      this.#ends = ends
    }
  }
}
