/**
 * A fixed piece of arithmetic in registers, about 0.2 ms: how long it takes says how fast a core runs at the moment, and
 * nothing of caches or memory. The shortest of several runs is taken, because the others may have been interrupted by
 * the very load that is measured.
 */
export function shortestSpinMs(now: () => number): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const begun = now()
    sink = spin(sink)
    shortest = Math.min(shortest, now() - begun)
  }
  return shortest
}

const runs = 8
const rounds = 100_000

/** Kept, so that the work cannot be left out. */
let sink = 1

function spin(seed: number): number {
  let value = seed
  for (let round = 0; round < rounds; round++) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0
  return value
}
