import { readBinaryRow, readColumn, type WireCell, type WireColumn } from './columns.js'
import { readLengthEncoded } from './length-encoded.js'
import { readServerError, type ServerError } from './server-error.js'

type Part = 'first' | 'columns' | 'rows'

/**
 * Walks over the reply to one COM_STMT_EXECUTE from packet header to packet header, and decodes nothing but what was
 * asked for. Error packets are seen wherever they may come. `feed` takes bytes as they arrive.
 */
export class ReplyScanner {
  /** Rows of a result, or rows that a write matched. */
  count = 0
  error: ServerError | null = null
  /** The first row, if it was wanted. */
  row: readonly WireCell[] | null = null
  #wantsRow = false
  #part: Part = 'first'
  #columnsLeft = 0
  #columns: WireColumn[] = []
  /** Bytes of a packet that was not whole when they came. */
  #rest: Buffer | null = null

  constructor(private readonly cachesMetadata: boolean) {}

  /** Before each execution. `columns`: what is known of the result from before; needed when a row is wanted. */
  begin(columns: WireColumn[], wantsRow: boolean): void {
    this.count = 0
    this.error = null
    this.row = null
    this.#wantsRow = wantsRow
    this.#part = 'first'
    this.#columns = columns
  }

  /** True when the reply is complete. The bytes are not kept. */
  feed(chunk: Buffer, length: number): boolean {
    if (this.#rest !== null) return this.#feedWithRest(chunk, length)
    return this.#scan(chunk, length)
  }

  #feedWithRest(chunk: Buffer, length: number): boolean {
    const bytes = Buffer.concat([this.#rest as Buffer, chunk.subarray(0, length)])
    this.#rest = null
    return this.#scan(bytes, bytes.length)
  }

  #scan(bytes: Buffer, end: number): boolean {
    let at = 0
    while (at + 4 <= end) {
      const size =
        (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
      const from = at + 4
      const to = from + size
      if (to > end) break
      if (this.#packet(bytes, from, to)) return true
      at = to
    }
    if (at < end) this.#rest = Buffer.from(bytes.subarray(at, end))
    return false
  }

  /** True for the last one. */
  #packet(bytes: Buffer, from: number, to: number): boolean {
    const first = bytes[from] as number
    if (this.#part === 'columns') return this.#column(bytes, from)
    if (first === 0xff) {
      this.error = readServerError(bytes, from, to)
      return true
    }
    if (this.#part === 'first') return this.#first(bytes, from, first)
    // A row begins with 0x00, the end of the rows with 0xfe.
    if (first === 0xfe) return true
    if (this.#wantsRow && this.count === 0) this.row = readBinaryRow(bytes, from, this.#columns)
    this.count++
    return false
  }

  #first(bytes: Buffer, from: number, first: number): boolean {
    if (first === 0x00) {
      this.count = readLengthEncoded(bytes, from + 1).value
      return true
    }
    const columns = first < 0xfb ? first : readLengthEncoded(bytes, from).value
    const follows = !this.cachesMetadata || bytes[from + (first < 0xfb ? 1 : 3)] === 1
    if (follows) {
      this.#columnsLeft = columns
      this.#columns.length = 0
      this.#part = 'columns'
    } else this.#part = 'rows'
    return false
  }

  /** Read only when a row will be: of a server that repeats them each time, nobody needs them. */
  #column(bytes: Buffer, from: number): boolean {
    if (this.cachesMetadata || this.#wantsRow) this.#columns.push(readColumn(bytes, from))
    if (--this.#columnsLeft === 0) this.#part = 'rows'
    return false
  }
}
