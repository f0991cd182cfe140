import { hash32, mix32 } from '../kit/random.js'

/**
 * One column as a function of the row: the draw for row 7,312,345 is computed without those before it, so rows
 * may be made in any order, by any number of workers. Rows are integers in [0, 2^32).
 */
export class Field {
  readonly #before: number
  readonly #between: number

  constructor(seed: number, table: string, column: string) {
    const name = hash32(`${table}.${column}`)
    this.#before = mix32(seed ^ name)
    this.#between = mix32(this.#before + name)
  }

  /** An integer in [0, 2^32). */
  uint32(row: number): number {
    return mix32(mix32(row + this.#before) ^ this.#between)
  }

  /** An integer in [0, limit). */
  below(row: number, limit: number): number {
    return Math.floor((this.uint32(row) / 0x1_0000_0000) * limit)
  }
}
