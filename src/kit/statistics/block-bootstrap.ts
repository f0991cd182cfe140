import { seededRandom } from '../random.js'

/**
 * Means of `resamples` series that are put together from blocks of the given one (circular block bootstrap, Politis and
 * Romano 1992), sorted. Blocks keep what neighbours have in common: the slices of a load run are not independent.
 */
export function resampledMeans(
  series: readonly WeightedValue[],
  options: { readonly blockLength: number; readonly resamples: number; readonly seed: number },
): Float64Array {
  const random = seededRandom(options.seed)
  const length = series.length
  const blockLength = Math.min(length, Math.max(1, options.blockLength))
  const prefix = prefixSums(series, blockLength)
  const whole = Math.floor(length / blockLength)
  const rest = length - whole * blockLength
  const means = new Float64Array(options.resamples)
  for (let index = 0; index < means.length; index++) {
    let sum = 0
    let weight = 0
    const take = (size: number) => {
      const from = random.below(length)
      sum += (prefix.sums[from + size] ?? 0) - (prefix.sums[from] ?? 0)
      weight += (prefix.weights[from + size] ?? 0) - (prefix.weights[from] ?? 0)
    }
    for (let block = 0; block < whole; block++) take(blockLength)
    if (rest > 0) take(rest)
    means[index] = sum / weight
  }
  return means.sort()
}

/** A value that counts for more when its slice was longer. */
export interface WeightedValue {
  readonly value: number
  readonly weight: number
}

/** Block sums in one subtraction; the series goes on at its beginning. */
function prefixSums(series: readonly WeightedValue[], blockLength: number) {
  const size = series.length + blockLength + 1
  const sums = new Float64Array(size)
  const weights = new Float64Array(size)
  for (let index = 0; index + 1 < size; index++) {
    const { value, weight } = series[index % series.length] ?? { value: 0, weight: 0 }
    sums[index + 1] = (sums[index] ?? 0) + value * weight
    weights[index + 1] = (weights[index] ?? 0) + weight
  }
  return { sums, weights }
}
