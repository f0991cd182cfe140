import type { BinlogBatch } from './binlog-listener.js'
import { gtidText, type TransactionBounds } from './transaction-bounds.js'

/** The batch that is handed out again and again. Its arrays are as long as a socket read can need. */
export class BatchBuilder implements BinlogBatch {
  bytes: Buffer = Buffer.alloc(0)
  count = 0
  file = ''
  readonly endOffset: Uint32Array
  readonly position: Float64Array
  readonly beginSeconds: Uint32Array
  readonly domain: Uint32Array
  readonly server: Uint32Array
  readonly sequence: Float64Array
  readonly ackRequested: Uint8Array
  readonly #sources: string[]

  /** A read of `windowBytes` cannot bring more ends than that. */
  constructor(windowBytes: number) {
    const length = Math.ceil(windowBytes / transactionBytesMin)
    this.endOffset = new Uint32Array(length)
    this.position = new Float64Array(length)
    this.beginSeconds = new Uint32Array(length)
    this.domain = new Uint32Array(length)
    this.server = new Uint32Array(length)
    this.sequence = new Float64Array(length)
    this.ackRequested = new Uint8Array(length)
    this.#sources = new Array<string>(length).fill('')
  }

  source(index: number): string {
    return this.#sources[index] ?? ''
  }

  gtid(index: number): string {
    return gtidText({
      source: this.source(index),
      domain: this.domain[index] ?? 0,
      server: this.server[index] ?? 0,
      sequence: this.sequence[index] ?? 0,
    })
  }

  addEnd(bounds: TransactionBounds, endOffset: number, position: number, ackRequested: number): void {
    const index = this.count++
    this.endOffset[index] = endOffset
    this.position[index] = position
    this.beginSeconds[index] = bounds.beginSeconds
    this.domain[index] = bounds.domain
    this.server[index] = bounds.server
    this.sequence[index] = bounds.sequence
    this.ackRequested[index] = ackRequested
    this.#sources[index] = bounds.source
  }
}

/** A GTID event and one more, each with its packet header: less than that does not end a transaction. */
const transactionBytesMin = 48
