import type { Clock } from '../kit/clock.js'
import type { Random } from '../kit/random.js'

/** Gives out global serial numbers (gsn). */
export interface Sequence {
  /** 26 letters and digits: unique, and later ones of one process sort after earlier ones. */
  next(): string
}

/**
 * Time (10 characters, milliseconds), worker (8, drawn once), counter (8): in Crockford's base 32, whose order is the
 * order of its characters. The time never goes back, also when the clock does, and the counter never repeats, so
 * numbers of one process are unique whatever the clock does; those of two processes as far as their workers differ.
 */
export function openSequence(world: { readonly clock: Clock; readonly rng: Random }): Sequence {
  const worker = base32(BigInt(world.rng.uint32()) * 256n + BigInt(world.rng.below(256)), 8)
  let lastMs = 0
  let counter = 0
  return {
    next() {
      lastMs = Math.max(lastMs, Math.floor(world.clock.wallMs()))
      counter++
      return base32(BigInt(lastMs), 10) + worker + base32(BigInt(counter), 8)
    },
  }
}

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function base32(value: bigint, length: number): string {
  let text = ''
  let rest = value
  for (let position = 0; position < length; position++) {
    text = digits.charAt(Number(rest & 31n)) + text
    rest >>= 5n
  }
  return text
}
