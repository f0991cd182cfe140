import type { Random } from '../../kit/random.js'

/** Which keys operations go to, as plain data. Rank 0 is the most wanted key. */
export type KeyAccess =
  | { readonly kind: 'uniform' }
  /** The rank k is drawn in proportion to 1 / (k + 1)^exponent; exponent > 0. */
  | { readonly kind: 'zipf'; readonly exponent: number }
  /** A share of the operations goes to the first `keys` keys, the rest to all others. */
  | { readonly kind: 'hot'; readonly keys: number; readonly share: number }

/** Makes a function that draws ranks in [0, count), in constant time and memory. */
export function keyChooser(access: KeyAccess, count: number, random: Random): () => number {
  if (access.kind === 'zipf') return zipf(count, access.exponent, random)
  if (access.kind === 'hot') return hot(Math.min(access.keys, count), access.share, count, random)
  return () => random.below(count)
}

function hot(keys: number, share: number, count: number, random: Random): () => number {
  if (keys === count) return () => random.below(count)
  return () => (random.fraction() < share ? random.below(keys) : keys + random.below(count - keys))
}

/**
 * Rejection-inversion of Hoermann and Derflinger (1996): no table, so any number of keys. Fewer than two draws per rank.
 */
function zipf(count: number, exponent: number, random: Random): () => number {
  const integral = (x: number) => {
    const logX = Math.log(x)
    return expm1Over((1 - exponent) * logX) * logX
  }
  const inverse = (y: number) => {
    const t = Math.max(-1, y * (1 - exponent))
    return Math.exp(log1pOver(t) * y)
  }
  const density = (x: number) => Math.exp(-exponent * Math.log(x))
  const fromX1 = integral(1.5) - 1
  const toN = integral(count + 0.5)
  const squeeze = 2 - inverse(integral(2.5) - density(2))
  return () => {
    for (;;) {
      const u = toN + random.fraction() * (fromX1 - toN)
      const x = inverse(u)
      const k = Math.min(count, Math.max(1, Math.floor(x + 0.5)))
      if (k - x <= squeeze || u >= integral(k + 0.5) - density(k)) return k - 1
    }
  }
}

/** (e^x - 1) / x, also near 0. */
function expm1Over(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2
}

/** ln(1 + x) / x, also near 0. */
function log1pOver(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2
}
