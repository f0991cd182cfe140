import type { ByteTable } from './byte-table.js'

const zero = 0x30
const tab = 0x09
const newline = 0x0a

/**
 * Writes rows for LOAD DATA into one preallocated buffer: no strings, no objects per row. The texts that reach it
 * contain no tab, newline or backslash, so nothing is ever escaped. The caller keeps `room` for a whole row.
 */
export class TsvWriter {
  readonly buffer: Buffer
  /** Bytes written so far. */
  length = 0

  constructor(capacityBytes: number) {
    this.buffer = Buffer.allocUnsafe(capacityBytes)
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
    this.buffer[this.length++] = tab
  }

  /** Turns the tab after the last field into the end of the row. */
  endRow(): void {
    this.buffer[this.length - 1] = newline
  }

  byte(code: number): void {
    this.buffer[this.length++] = code
  }

  digit(value: number): void {
    this.buffer[this.length++] = zero + value
  }

  entry(table: ByteTable, index: number): void {
    const from = table.starts[index] as number
    this.copy(table.bytes, from, (table.starts[index + 1] as number) - from)
  }

  /** Short texts: a loop is faster than a call into the engine. */
  copy(bytes: Uint8Array, from: number, count: number): void {
    const buffer = this.buffer
    const start = this.length
    for (let index = 0; index < count; index++) buffer[start + index] = bytes[from + index] as number
    this.length = start + count
  }

  /** `value` in exactly `width` digits, with leading zeros; below 2^31. */
  fixed(value: number, width: number): void {
    const buffer = this.buffer
    let rest = value
    for (let at = this.length + width - 1; at >= this.length; at--) {
      const next = (rest / 10) | 0
      buffer[at] = zero + rest - next * 10
      rest = next
    }
    this.length += width
  }

  /** A non-negative integer below 2^53. */
  decimal(value: number): void {
    if (value < 100_000_000) {
      this.fixed(value, digitsOf(value))
    } else {
      const high = Math.floor(value / 100_000_000)
      this.decimal(high)
      this.fixed(value - high * 100_000_000, 8)
    }
  }
}

function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4
  if (value < 1_000_000) return value < 100_000 ? 5 : 6
  return value < 10_000_000 ? 7 : 8
}
