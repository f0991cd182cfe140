import { crc32 } from './crc32.js'

/**
 * A digest of a set of rows that does not depend on their order, so that SQL can compute the same with
 * `COUNT(*)`, `BIT_XOR(CRC32(row))` and `SUM(CRC32(row))`. One changed byte in one row changes all but the count.
 */
export interface RowDigest {
  readonly rows: number
  readonly xor: number
  /** Exact below 2^53: two million rows in one digest. */
  readonly sum: number
}

/** One digest per legal entity of one sub-table. */
export class EntityDigests {
  readonly #rows = new Float64Array(entitiesMax)
  readonly #xor = new Int32Array(entitiesMax)
  readonly #sum = new Float64Array(entitiesMax)

  /** Adds all lines of `bytes`: rows that start with their `le_code` and end with a newline. */
  addLines(bytes: Uint8Array): void {
    let start = 0
    while (start < bytes.length) {
      const end = bytes.indexOf(newline, start)
      const entity = ((bytes[start + 1] as number) - zero) * 10 + ((bytes[start + 2] as number) - zero)
      this.#add(entity, crc32(bytes, start, end))
      start = end + 1
    }
  }

  of(entity: number): RowDigest {
    return {
      rows: this.#rows[entity] as number,
      xor: (this.#xor[entity] as number) >>> 0,
      sum: this.#sum[entity] as number,
    }
  }

  #add(entity: number, crc: number): void {
    this.#rows[entity] = (this.#rows[entity] as number) + 1
    this.#xor[entity] = (this.#xor[entity] as number) ^ crc
    this.#sum[entity] = (this.#sum[entity] as number) + crc
  }
}

const entitiesMax = 100
const newline = 0x0a
const zero = 0x30
