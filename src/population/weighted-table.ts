import { assert } from '../kit/assert.js'

/**
 * Turns weights into a table of 2^bits slots; `table[draw >>> (32 - bits)]` picks an index by weight with one array
 * access. Slots are given by largest remainder, so the realised shares are the wanted ones within one slot. Few bits
 * keep the table in the processor's cache; many give rare indexes their share.
 */
export function weightedTable(weights: readonly number[], bits: number): Uint16Array {
  const slots = 2 ** bits
  assert(weights.length > 0 && weights.length <= slots, `a table of ${weights.length} weights`)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const exact = weights.map((weight) => (weight / total) * slots)
  const given = exact.map(Math.floor)
  const left = slots - given.reduce((sum, count) => sum + count, 0)
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
  for (const { index } of byRemainder.slice(0, left)) given[index] = (given[index] ?? 0) + 1

  const table = new Uint16Array(slots)
  let slot = 0
  given.forEach((count, index) => {
    table.fill(index, slot, slot + count)
    slot += count
  })
  return table
}
