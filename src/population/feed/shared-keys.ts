import { assert } from '../../kit/assert.js'
import { subTableCount } from '../../model/sub-tables.js'
import type { ChunkKeys, KeyOrder } from '../chunk-keys.js'
import type { PopulationGenerator } from '../generator.js'

/**
 * The keys of a whole population in one order, in memory that all threads share: 120 MB for fifteen million customers.
 * They are made part by part, each part sorted by itself, and gathered by sub-table when one is written.
 */
export interface SharedKeys {
  readonly order: KeyOrder
  readonly customers: number
  /** One double per customer, part after part. */
  readonly keys: SharedArrayBuffer
  /** Where each sub-table starts within its part: seventeen 32-bit numbers per part. */
  readonly starts: SharedArrayBuffer
}

/** A tenth of a second of work: enough parts for all threads to end at about the same time. */
const customersPerPart = 250_000
const startsPerPart = subTableCount + 1

/** `used`: keys of the same population that nobody needs any more; theirs is taken, because memory is given back late. */
export function roomForKeys(order: KeyOrder, customers: number, used: SharedKeys | null): SharedKeys {
  if (used !== null) return { ...used, order }
  const parts = Math.ceil(customers / customersPerPart)
  return {
    order,
    customers,
    keys: new SharedArrayBuffer(customers * Float64Array.BYTES_PER_ELEMENT),
    starts: new SharedArrayBuffer(parts * startsPerPart * Uint32Array.BYTES_PER_ELEMENT),
  }
}

export function keyParts({ customers }: SharedKeys): number {
  return Math.ceil(customers / customersPerPart)
}

export function makeKeyPart(generator: PopulationGenerator, shared: SharedKeys, part: number): void {
  const first = part * customersPerPart
  const count = Math.min(customersPerPart, shared.customers - first)
  const made = generator.keysOf({ first, count }, shared.order)
  assert(made.keys.length === count, `${made.keys.length} keys by ${shared.order} of ${count} customers`)
  new Float64Array(shared.keys).set(made.keys, first)
  new Uint32Array(shared.starts).set(made.starts, part * startsPerPart)
}

/**
 * The keys of one sub-table, sorted, as if all of them had been made at once; the other sub-tables are empty. They are put
 * into `used` when there is room: what one sub-table leaves would wait long to be collected.
 */
export function keysOfSubTable(
  shared: SharedKeys,
  subTable: number,
  used: Float64Array = new Float64Array(0),
): ChunkKeys {
  const all = new Float64Array(shared.keys)
  const starts = new Uint32Array(shared.starts)
  const pieces = Array.from({ length: keyParts(shared) }, (_, part) => {
    const from = part * customersPerPart
    const at = part * startsPerPart + subTable
    return all.subarray(from + (starts[at] as number), from + (starts[at + 1] as number))
  })
  const count = pieces.reduce((sum, { length }) => sum + length, 0)
  const keys = used.length < count ? new Float64Array(count) : used.subarray(0, count)
  let length = 0
  for (const piece of pieces) {
    keys.set(piece, length)
    length += piece.length
  }
  keys.sort()
  const ends = Uint32Array.from({ length: startsPerPart }, (_, index) => (index > subTable ? length : 0))
  return { order: shared.order, range: { first: 0, count: shared.customers }, keys, starts: ends }
}
