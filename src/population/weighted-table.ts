import { assert } from '../kit/assert.js'

/** One slot per 2^16th of the probability: a weighted draw is one array access. */
const slots = 65_536

/**
 * Turns weights into a table of 65,536 slots; `table[draw >>> 16]` picks an index by weight. Slots are given by
 * largest remainder, so that the realised shares are the wanted ones within 1/65,536.
 */
export function weightedTable(weights: readonly number[]): Uint16Array {
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
