import type {
  BinlogBatch,
  BinlogCloseReason,
  BinlogListener,
} from '../../src/clients/binlog/binlog-listener.js'
import type { BinlogFormat } from '../../src/clients/binlog/format-description.js'
import { magicBytes } from './binlog-events.js'

export interface CollectedEnd {
  readonly gtid: string
  readonly file: string
  readonly position: number
  readonly ackRequested: boolean
}

/** A listener that keeps everything, and can be waited for. */
export class BinlogCollector implements BinlogListener {
  readonly formats: BinlogFormat[] = []
  readonly ends: CollectedEnd[] = []
  heard = 0
  closed: BinlogCloseReason | null = null
  /** Bytes up to the last end, and the rest behind it. */
  readonly #pieces: Buffer[] = []
  #rest: Buffer[] = []
  #changed: (() => void)[] = []

  constructor(private readonly options: { readonly keepBytes?: boolean } = {}) {}

  onFormat(format: BinlogFormat): void {
    this.formats.push(format)
    this.#rest = []
    this.#wake()
  }

  onBatch(batch: BinlogBatch): void {
    for (let index = 0; index < batch.count; index++)
      this.ends.push({
        gtid: batch.gtid(index),
        file: batch.file,
        position: batch.position[index] ?? 0,
        ackRequested: batch.ackRequested[index] === 1,
      })
    if (this.options.keepBytes !== false) this.#keep(batch)
    this.#wake()
  }

  onHeard(): void {
    this.heard++
    this.#wake()
  }

  onClose(reason: BinlogCloseReason): void {
    this.closed = reason
    this.#rest = []
    this.#wake()
  }

  get gtids(): string[] {
    return this.ends.map((each) => each.gtid)
  }

  get last(): CollectedEnd | undefined {
    return this.ends.at(-1)
  }

  /** Whole transactions, as they are to be stored. */
  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  /** A binlog file made of it. */
  get segment(): Buffer {
    return Buffer.concat([magicBytes, this.formats[0]?.event ?? Buffer.alloc(0), this.bytes])
  }

  /** Resolves when `condition` holds; looked at after each call of the stream. */
  async until(condition: (collector: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#changed.push(resolve))
  }

  #keep(batch: BinlogBatch): void {
    const copy = Buffer.from(batch.bytes)
    const end = batch.count > 0 ? (batch.endOffset[batch.count - 1] ?? 0) : 0
    if (end > 0) {
      this.#pieces.push(...this.#rest, copy.subarray(0, end))
      this.#rest = []
    }
    if (end < copy.length) this.#rest.push(copy.subarray(end))
  }

  #wake(): void {
    const waiting = this.#changed
    this.#changed = []
    for (const resolve of waiting) resolve()
  }
}
