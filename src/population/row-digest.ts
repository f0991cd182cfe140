import { crc32 } from './crc32.js'

/**
 * A digest of a set of rows that does not depend on their order, so that SQL can compute the same with
 * `COUNT(*)`, `BIT_XOR(CRC32(row))` and `SUM(CRC32(row))`. One changed byte in one row changes all but the count. The sum
 * also tells rows that exchanged a value, which the XOR of a linear checksum does not.
 */
export interface RowDigest {
  readonly rows: number
  readonly xor: number
  readonly sum: bigint
}

/** Three numbers for each of 100 entities: how many rows, their XOR, their sum. */
export const digestCells = 300

/**
 * One digest per legal entity of one sub-table. The sums are exact below 2^53: two million rows of one entity in one
 * sub-table, seventeen times what fifteen million customers need.
 */
export class EntityDigests {
  constructor(readonly cells: Float64Array = new Float64Array(digestCells)) {}

  /** Adds all lines of `bytes`: rows that start with their `le_code` and end with a newline. */
  addLines(bytes: Uint8Array): void {
    let start = 0
    while (start < bytes.length) {
      const end = bytes.indexOf(newline, start)
      const entity = ((bytes[start + 1] as number) - zero) * 10 + ((bytes[start + 2] as number) - zero)
      const crc = crc32(bytes, start, end)
      this.#add(entity, 1, crc, crc)
      start = end + 1
    }
  }

  /** Adds what another one has counted. */
  addCells(cells: Float64Array): void {
    for (let entity = 0; entity * 3 < digestCells; entity++) {
      const at = entity * 3
      if (cells[at] !== 0)
        this.#add(entity, cells[at] as number, cells[at + 1] as number, cells[at + 2] as number)
    }
  }

  of(entity: number): RowDigest {
    const { cells } = this
    const at = entity * 3
    return { rows: cells[at] as number, xor: cells[at + 1] as number, sum: BigInt(cells[at + 2] as number) }
  }

  /** Of all entities together. */
  total(): RowDigest {
    let total: RowDigest = noRows
    for (let entity = 0; entity * 3 < digestCells; entity++) total = joined(total, this.of(entity))
    return total
  }

  #add(entity: number, rows: number, xor: number, sum: number): void {
    const { cells } = this
    const at = entity * 3
    cells[at] = (cells[at] as number) + rows
    cells[at + 1] = ((cells[at + 1] as number) ^ xor) >>> 0
    cells[at + 2] = (cells[at + 2] as number) + sum
  }
}

export const noRows: RowDigest = Object.freeze({ rows: 0, xor: 0, sum: 0n })

/** The digest of two sets of rows together. */
export function joined(left: RowDigest, right: RowDigest): RowDigest {
  return { rows: left.rows + right.rows, xor: (left.xor ^ right.xor) >>> 0, sum: left.sum + right.sum }
}

const newline = 0x0a
const zero = 0x30
