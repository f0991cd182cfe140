import { assert } from '../../../kit/assert.js'

/** Integers travel as BIGINT, texts as they are. */
export type WireValue = number | string

const comStmtExecute = 0x17
const typeBigint = 8
const typeVarString = 0xfd

/**
 * The COM_STMT_EXECUTE packet of one prepared statement in one session: written once, then stamped with the values of
 * each execution. Types are sent with the first execution, and again only when they change.
 */
export class ExecuteRequest {
  #bytes: Buffer
  /** Per parameter: whether a text was bound; null before the first execution. */
  #bound: boolean[] | null = null
  readonly #nullsAt = 14
  readonly #boundAt: number

  constructor(
    statementId: number,
    private readonly params: number,
  ) {
    this.#boundAt = this.#nullsAt + ((params + 7) >> 3)
    this.#bytes = Buffer.alloc(this.#boundAt + 1 + params * 11)
    this.#bytes[4] = comStmtExecute
    this.#bytes.writeUInt32LE(statementId, 5)
    this.#bytes.writeUInt32LE(1, 10)
  }

  /** The packet for these values. It is the same memory each time: sent before the next call. */
  stamp(values: readonly WireValue[]): Buffer {
    assert(values.length === this.params, `${values.length} values for ${this.params} parameters`)
    let at = this.#boundAt
    if (this.params > 0) at = this.#isBound(values) ? this.#keepTypes() : this.#writeTypes(values)
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as WireValue
      at = typeof value === 'number' ? this.#writeInteger(value, at) : this.#writeText(value, at)
    }
    const bytes = this.#bytes
    const length = at - 4
    bytes[0] = length & 0xff
    bytes[1] = (length >> 8) & 0xff
    bytes[2] = length >> 16
    return at === bytes.length ? bytes : bytes.subarray(0, at)
  }

  #isBound(values: readonly WireValue[]): boolean {
    const bound = this.#bound
    if (bound === null) return false
    for (let index = 0; index < values.length; index++)
      if (bound[index] !== (typeof values[index] === 'string')) return false
    return true
  }

  #keepTypes(): number {
    this.#bytes[this.#boundAt] = 0
    return this.#boundAt + 1
  }

  #writeTypes(values: readonly WireValue[]): number {
    this.#bound = values.map((value) => typeof value === 'string')
    let at = this.#boundAt
    this.#bytes[at++] = 1
    for (const isText of this.#bound) {
      this.#bytes[at++] = isText ? typeVarString : typeBigint
      this.#bytes[at++] = 0
    }
    return at
  }

  #writeInteger(value: number, at: number): number {
    assert(Number.isSafeInteger(value), `${value} is no exact integer`)
    this.#makeRoom(at + 8)
    this.#bytes.writeInt32LE(value | 0, at)
    this.#bytes.writeInt32LE(Math.floor(value / 0x1_0000_0000), at + 4)
    return at + 8
  }

  #writeText(value: string, at: number): number {
    const length = Buffer.byteLength(value)
    this.#makeRoom(at + 4 + length)
    const bytes = this.#bytes
    let from = at
    if (length < 0xfb) bytes[from++] = length
    else {
      assert(length < 0x1_0000, 'a text of 64 KiB or more')
      bytes[from++] = 0xfc
      bytes[from++] = length & 0xff
      bytes[from++] = length >> 8
    }
    bytes.write(value, from, 'utf8')
    return from + length
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return
    this.#bytes = Buffer.concat([this.#bytes], length * 2)
  }
}
