/**
 * A running FNV-1a hash over whole numbers: two runs that popped the same events in the same order end with the same
 * number. 32-bit integer arithmetic only, so that every engine agrees.
 */
export class TraceHash {
  #low = 0x811c9dc5
  #high = 0xcbf29ce4

  /** `value` is a whole number below 2^53. */
  add(value: number): void {
    const low = value >>> 0
    this.#low = Math.imul(this.#low ^ low, 0x01000193)
    this.#high = Math.imul(this.#high ^ low ^ ((value - low) / 0x1_0000_0000), 0x0100_01b3)
  }

  text(): string {
    return hex(this.#high) + hex(this.#low)
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
