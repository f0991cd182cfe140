import { exp, normalQuantile } from './portable-math.js'

/** Amounts in minor units (fen). */
export interface BalanceCurve {
  readonly median: number
  /** Standard deviation of the logarithm. */
  readonly sigma: number
  /** No account of the class may hold more. */
  readonly limit: number
  /** This share of the draws gives zero. */
  readonly zeroShare: number
}

/**
 * Opening balances by account class, lognormal: a few hold most. Class II is held to what may be paid in within a
 * year, class III to 2,000 yuan (rules of the People's Bank on personal accounts, 2016).
 */
export const balanceCurves: Readonly<Record<1 | 2 | 3, BalanceCurve>> = {
  1: { median: 200_000, sigma: 2.3, limit: 10_000_000_000, zeroShare: 0.04 },
  2: { median: 50_000, sigma: 1.8, limit: 20_000_000, zeroShare: 0.12 },
  3: { median: 10_000, sigma: 1.2, limit: 200_000, zeroShare: 0.12 },
}

const points = 4096

/** The inverse of one curve as a table: 4,096 points, and as many again for the richest 4,096th. */
export class BalanceTable {
  readonly #body = new Float64Array(points + 1)
  readonly #tail = new Float64Array(points + 1)
  readonly #zeroBelow: number

  constructor(curve: BalanceCurve) {
    this.#zeroBelow = Math.floor(curve.zeroShare * 0x1_0000_0000)
    const mu = normalQuantileScale(curve)
    for (let index = 0; index <= points; index++) {
      this.#body[index] = mu(Math.max(index, 0.5) / points)
      this.#tail[index] = mu(1 - (1 - index / points) / points)
    }
  }

  /** The amount of a draw in [0, 2^32), as a safe integer. */
  amount(draw: number, zeroDraw: number): number {
    if (zeroDraw < this.#zeroBelow) return 0
    const bin = draw >>> 20
    if (bin === points - 1) return interpolate(this.#tail, (draw >>> 8) & 0xfff, (draw & 0xff) / 0x100)
    return interpolate(this.#body, bin, (draw & 0xf_ffff) / 0x10_0000)
  }
}

/** The curve's quantile function, cut at the limit. */
function normalQuantileScale(curve: BalanceCurve): (p: number) => number {
  const pMax = 1 - 1 / (points * points * 2)
  return (p) => Math.min(curve.limit, curve.median * exp(curve.sigma * normalQuantile(Math.min(p, pMax))))
}

function interpolate(table: Float64Array, bin: number, fraction: number): number {
  const low = table[bin] as number
  return Math.floor(low + ((table[bin + 1] as number) - low) * fraction)
}
