import { open } from 'node:fs/promises'
import { cancelled } from '../../kit/errors.js'
import { BinlogDamage, checksumLength, eventLengthMin, headerLength, magic, sizeOf, typeOf } from './event.js'
import { checksumIsRight, PiecewiseChecksum } from './event-checksum.js'
import { type BinlogFormat, readFormatDescription } from './format-description.js'
import { chunkReader, fileReader, type SequentialReader } from './sequential-reader.js'
import { TransactionBounds, type TransactionKind } from './transaction-bounds.js'

export interface ScannedTransaction {
  readonly gtid: string
  /** Of its GTID event, in the file. */
  readonly offset: number
  readonly length: number
  /** Unix seconds of its GTID event. */
  readonly atSeconds: number
  readonly kind: TransactionKind
}

export interface BinlogScan {
  /** null when the file is damaged before the end of its format description. */
  readonly format: BinlogFormat | null
  readonly transactions: number
  /** Offset behind the last event that is not part of an unfinished transaction. */
  readonly end: number
  /** Bytes that were looked at: all of the file, unless there is damage. */
  readonly size: number
  readonly damage: BinlogFlaw | null
}

/**
 * Where a file cannot be read on. `torn`: no event that could be read stands behind it, as a crash leaves it in the middle
 * of writing; the file can be cut at {@link BinlogScan.end}. `damaged`: there is one.
 */
export interface BinlogFlaw {
  readonly kind: 'torn' | 'damaged'
  readonly offset: number
  readonly reason: string
}

export interface ScanOptions {
  /** Offset of a transaction to begin with; the format is still read from the head. Only for a path. Default: the first. */
  readonly from?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Walks a binlog file and verifies every event: its checksum, and that it stands where such an event may. Needs memory for
 * one chunk, however large a transaction is. A flaw is an answer, not an error; throws what reading the file throws, and
 * CANCELLED.
 */
export async function scanBinlog(
  source: string | AsyncIterable<Uint8Array>,
  onTransaction: (transaction: ScannedTransaction) => void,
  options: ScanOptions = {},
): Promise<BinlogScan> {
  if (typeof source !== 'string') return new Scan(chunkReader(source), onTransaction, options).run()
  const file = await open(source, 'r')
  try {
    return await new Scan(fileReader(file), onTransaction, options).run()
  } finally {
    await file.close()
  }
}

/** Large enough that reading is not felt, small enough for any host. Events beyond half of it are read in pieces. */
const windowBytes = 1024 * 1024
const wholeEventBytesMax = windowBytes / 2

/** What must be at hand of a large event to see what it is; status variables and names are below this. */
const largeEventHeadBytes = 128 * 1024

/** Behind a flaw, events up to this length are looked for: every transaction has shorter ones. */
const soughtEventBytesMax = 64 * 1024

class Scan {
  readonly #window = Buffer.allocUnsafeSlow(windowBytes)
  /** The window holds the file from `#base`; `#position` to `#filled` is not yet looked at. */
  #base = 0
  #position = 0
  #filled = 0
  readonly #bounds = new TransactionBounds()
  readonly #checksum = new PiecewiseChecksum()
  #format: BinlogFormat | null = null
  #transactions = 0
  #transactionOffset = 0
  #end = 0

  constructor(
    private readonly reader: SequentialReader,
    private readonly onTransaction: (transaction: ScannedTransaction) => void,
    private readonly options: ScanOptions,
  ) {}

  async run(): Promise<BinlogScan> {
    const damage = await this.#untilFlaw()
    return Object.freeze({
      format: this.#format,
      transactions: this.#transactions,
      end: this.#end,
      size: this.#base + this.#filled,
      damage,
    })
  }

  async #untilFlaw(): Promise<BinlogFlaw | null> {
    let offset = 0
    try {
      await this.#readMagic()
      offset = this.#offset
      await this.#readFormat()
      while (await this.#has(1)) {
        offset = this.#offset
        await this.#readEvent()
      }
    } catch (error) {
      if (!(error instanceof BinlogDamage)) throw error
      const kind = (await this.#readableFollows(offset + 1)) ? 'damaged' : 'torn'
      return { kind, offset, reason: error.message }
    }
    if (!this.#bounds.open) return null
    const reason = `the file ends inside of transaction ${this.#bounds.gtid}`
    return { kind: 'torn', offset: this.#transactionOffset, reason }
  }

  get #offset(): number {
    return this.#base + this.#position
  }

  async #readMagic(): Promise<void> {
    if (!(await this.#has(magic.length))) throw new BinlogDamage('it is shorter than its first four bytes')
    if (!this.#window.subarray(0, magic.length).equals(magic))
      throw new BinlogDamage('it does not begin as a binlog file does')
    this.#position += magic.length
  }

  async #readFormat(): Promise<void> {
    const length = await this.#eventLength()
    this.#format = readFormatDescription(this.#window, this.#position, this.#position + length)
    this.#position += length
    const { from } = this.options
    if (from !== undefined && from > this.#offset) this.#goTo(from)
    this.#end = this.#offset
  }

  async #readEvent(): Promise<void> {
    const length = await this.#eventLength()
    const start = this.#position
    const whole = length <= wholeEventBytesMax
    // A damaged event must not be taken for what it seems to be.
    if (whole && !checksumIsRight(this.#window, start, start + length)) throw new BinlogDamage(wrongChecksum)
    if (!this.#bounds.open) this.#transactionOffset = this.#offset
    const atHand = Math.min(length - checksumLength, this.#filled - start)
    const place = this.#bounds.take(this.#window, start, start + atHand)
    if (whole) this.#position += length
    else await this.#passLargeEvent(length)
    if (place === 'last') this.#report()
    if (!this.#bounds.open) this.#end = this.#offset
  }

  #report(): void {
    this.#transactions++
    const { gtid, beginSeconds, kind } = this.#bounds
    const offset = this.#transactionOffset
    this.onTransaction({ gtid, offset, length: this.#offset - offset, atSeconds: beginSeconds, kind })
  }

  /** The length of the event at the position, once enough of it is in the window. */
  async #eventLength(): Promise<number> {
    if (!(await this.#has(headerLength))) throw new BinlogDamage('the file ends inside of an event header')
    const length = sizeOf(this.#window, this.#position)
    if (length < eventLengthMin) throw new BinlogDamage(`an event says that it is ${length} bytes long`)
    const needed = length <= wholeEventBytesMax ? length : largeEventHeadBytes
    if (!(await this.#has(needed))) throw new BinlogDamage(endsInEvent)
    return length
  }

  async #passLargeEvent(length: number): Promise<void> {
    this.#checksum.begin(length)
    for (let rest = length; rest > 0; ) {
      if (!(await this.#has(1))) throw new BinlogDamage(endsInEvent)
      const piece = Math.min(rest, this.#filled - this.#position)
      this.#checksum.add(this.#window, this.#position, this.#position + piece)
      this.#position += piece
      rest -= piece
    }
    if (!this.#checksum.isRight) throw new BinlogDamage(wrongChecksum)
  }

  /** Whether any event with a right checksum begins at `offset` or later, wherever it may be. */
  async #readableFollows(offset: number): Promise<boolean> {
    this.#goTo(offset)
    for (;;) {
      const more = await this.#has(soughtEventBytesMax)
      const last = this.#filled - (more ? soughtEventBytesMax : eventLengthMin)
      for (; this.#position <= last; this.#position++)
        if (isReadableEvent(this.#window, this.#position, this.#filled)) return true
      if (!more) return false
    }
  }

  /** Whether `length` bytes are at the position, after reading on as far as needed. */
  async #has(length: number): Promise<boolean> {
    while (this.#filled - this.#position < length) {
      if (this.options.signal?.aborted) throw cancelled()
      this.#window.copyWithin(0, this.#position, this.#filled)
      this.#base += this.#position
      this.#filled -= this.#position
      this.#position = 0
      const read = await this.reader.read(this.#window, {
        to: this.#filled,
        fileOffset: this.#base + this.#filled,
      })
      if (read === 0) return false
      this.#filled += read
    }
    return true
  }

  /** A source of chunks cannot go back behind what the window holds: it stays where it is. */
  #goTo(offset: number): void {
    if (offset >= this.#base && offset <= this.#base + this.#filled) this.#position = offset - this.#base
    else if (this.reader.seekable) {
      this.#base = offset
      this.#position = 0
      this.#filled = 0
    }
  }
}

function isReadableEvent(bytes: Buffer, start: number, filled: number): boolean {
  const length = sizeOf(bytes, start)
  if (length < eventLengthMin || length > soughtEventBytesMax || start + length > filled) return false
  return typeOf(bytes, start) !== 0 && checksumIsRight(bytes, start, start + length)
}

const wrongChecksum = 'the checksum of the event is wrong'
const endsInEvent = 'the file ends inside of an event'
