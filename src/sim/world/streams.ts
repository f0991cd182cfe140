import { hash32, mix32, type Random, seededRandom } from '../../kit/random.js'

/**
 * Random numbers of one run, a stream for each purpose: that a fault is left out does not change what the clients or
 * the disks draw.
 */
export function streamOf(seed: number, purpose: string): Random {
  return seededRandom(mix32(seed ^ hash32(purpose)))
}

/** A whole number in [from, to]. */
export function between(random: Random, from: number, to: number): number {
  return from + random.below(to - from + 1)
}

export function chance(random: Random, permille: number): boolean {
  return random.below(1000) < permille
}

export function oneOf<T>(random: Random, items: readonly [T, ...T[]]): T
export function oneOf<T>(random: Random, items: readonly T[]): T | undefined
export function oneOf<T>(random: Random, items: readonly T[]): T | undefined {
  return items[random.below(items.length)]
}
