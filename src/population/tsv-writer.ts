import type { ByteTable } from './byte-table.js'

const zero = 0x30
const tab = 0x09
const newline = 0x0a

/** Stores are up to eight bytes wide and may reach beyond what they add. */
const slackBytes = 16

/**
 * Writes rows for LOAD DATA into one preallocated buffer: no strings, no objects per row. The texts that reach it
 * contain no tab, newline or backslash, so nothing is ever escaped. The caller keeps `room` for a whole row.
 */
export class TsvWriter {
  readonly buffer: Buffer
  /** Bytes written so far. */
  length = 0
  readonly #view: DataView

  constructor(capacityBytes: number) {
    const memory = new ArrayBuffer(capacityBytes + slackBytes)
    this.buffer = Buffer.from(memory, 0, capacityBytes)
    this.#view = new DataView(memory)
  }

  get room(): number {
    return this.buffer.length - this.length
  }

  clear(): void {
    this.length = 0
  }

  /** What was written, without a copy: valid until the next write. */
  written(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  tab(): void {
    this.#view.setUint8(this.length, tab)
    this.length += 1
  }

  /** Turns the tab after the last field into the end of the row. */
  endRow(): void {
    this.#view.setUint8(this.length - 1, newline)
  }

  byte(code: number): void {
    this.#view.setUint8(this.length, code)
    this.length += 1
  }

  /** One byte and the tab after it. */
  byteField(code: number): void {
    this.#view.setUint16(this.length, code | (tab << 8), true)
    this.length += 2
  }

  digit(value: number): void {
    this.byte(zero + value)
  }

  entry({ words, index }: ByteTable, entry: number): void {
    const view = this.#view
    const place = index[entry] as number
    const bytes = place & 0xff
    let word = place >>> 8
    const start = this.length
    this.length = start + bytes
    view.setFloat64(start, words[word] as number, true)
    for (let done = 8; done < bytes; done += 8) view.setFloat64(start + done, words[++word] as number, true)
  }

  /** An entry that is known to have at most eight bytes. */
  shortEntry({ words, index }: ByteTable, entry: number): void {
    const place = index[entry] as number
    this.#view.setFloat64(this.length, words[place >>> 8] as number, true)
    this.length += place & 0xff
  }

  /** Two digits of a value below 100. */
  two(value: number): void {
    this.#view.setUint16(this.length, pairs[value] as number, true)
    this.length += 2
  }

  /** Three digits of a value below 1,000. */
  three(value: number): void {
    this.#view.setInt32(this.length, (quads[value] as number) >>> 8, true)
    this.length += 3
  }

  /** Four digits of a value below 10,000. */
  four(value: number): void {
    this.#view.setInt32(this.length, quads[value] as number, true)
    this.length += 4
  }

  /** Eight digits of a value below 10^8. */
  eight(value: number): void {
    const high = (value / 10_000) | 0
    this.#view.setInt32(this.length, quads[high] as number, true)
    this.#view.setInt32(this.length + 4, quads[value - high * 10_000] as number, true)
    this.length += 8
  }

  /** Ten digits of a value from 10^9 to 2^31: customer numbers. */
  ten(value: number): void {
    const high = (value / 100_000_000) | 0
    this.#view.setUint16(this.length, pairs[high] as number, true)
    this.length += 2
    this.eight(value - high * 100_000_000)
  }

  /** A non-negative integer below 2^53, without leading zeros. */
  decimal(value: number): void {
    if (value < 10_000) {
      const digits = value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4
      // The digits stand at the end of four: shifted down, the leading zeros are gone.
      this.#view.setInt32(this.length, (quads[value] as number) >>> (32 - 8 * digits), true)
      this.length += digits
    } else if (value < 100_000_000) {
      const high = (value / 10_000) | 0
      this.decimal(high)
      this.four(value - high * 10_000)
    } else {
      const high = Math.floor(value / 100_000_000)
      this.decimal(high)
      this.eight(value - high * 100_000_000)
    }
  }
}

/** The digits of 0 to 99 as they stand in memory, least byte first. */
const pairs = Uint16Array.from({ length: 100 }, (_, value) => {
  return (zero + Math.floor(value / 10)) | ((zero + (value % 10)) << 8)
})

/** The digits of 0 to 9,999, likewise. */
const quads = Int32Array.from({ length: 10_000 }, (_, value) => {
  return (pairs[Math.floor(value / 100)] as number) | ((pairs[value % 100] as number) << 16)
})
