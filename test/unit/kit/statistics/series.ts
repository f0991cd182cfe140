import type { Random } from '../../../../src/kit/random.js'
import { seededRandom } from '../../../../src/kit/random.js'

/** Normal draws by Box and Muller. */
export function normalOf(random: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction())
}

/** A series around `mean` whose neighbours correlate by `phi`, with the same spread whatever `phi` is. */
export function autocorrelated(options: {
  readonly length: number
  readonly mean: number
  readonly deviation: number
  readonly phi: number
  readonly seed: number
}): number[] {
  const normal = normalOf(seededRandom(options.seed))
  const innovation = Math.sqrt(1 - options.phi ** 2)
  let state = normal()
  return Array.from({ length: options.length }, () => {
    const value = options.mean + options.deviation * state
    state = options.phi * state + innovation * normal()
    return value
  })
}
