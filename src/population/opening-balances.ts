import { exp, ln, normalQuantile, power } from './portable-math.js'

/**
 * What a customer has in all accounts together, in minor units (fen). Calibrated to the published figures of a
 * retail bank (China Merchants Bank, end of 2021): 2.12 % of the customers hold 82 % of the money, 0.07 % hold 31.5 %,
 * and the others have 11,400 yuan on average. Between its two thresholds the published figures lie on a Pareto
 * curve; below is a lognormal, cut where the curve begins, with a share of customers who have nothing.
 */
const wealth = {
  nothingShare: 0.08,
  medianFen: 162_000,
  sigma: 2.2,
  /** From here on a customer is one of the rich: 2.12 %. */
  richFromFen: 50_000_000,
  richShare: 0.0212,
  privateFromFen: 1_000_000_000,
  privateShare: 0.0007,
  /** 300 million yuan: nobody has more. */
  maxFen: 30_000_000_000,
  /** Exponent of the bounded Pareto curve above `privateFromFen`: it gives that share of 31.5 %. */
  privateExponent: 1.31,
} as const

export const wealthMaxFen = wealth.maxFen

/** No account of a class may hold more, in fen: class II 200,000 yuan, class III 2,000 (People's Bank, 2016). */
export const balanceLimits = [0, wealth.maxFen, 20_000_000, 200_000] as const

const points = 4096

/** The inverse of the curve as tables: 4,096 points, as many for the richest 16th, as many for the richest 4,096th. */
export class WealthTable {
  readonly #body = new Float64Array(points + 1)
  readonly #upper = new Float64Array(points + 1)
  readonly #top = new Float64Array(points + 1)

  constructor() {
    for (let index = 0; index <= points; index++) {
      const left = (points - index) / points
      this.#body[index] = wealthWith(left)
      this.#upper[index] = wealthWith(left / 16)
      this.#top[index] = wealthWith(left / points)
    }
  }

  /** What a customer with this draw in [0, 2^32) has, as a safe integer. */
  amount(draw: number): number {
    if (draw < 0xf000_0000) return interpolate(this.#body, draw >>> 20, (draw & 0xf_ffff) / 0x10_0000)
    if (draw < 0xfff0_0000) return interpolate(this.#upper, (draw >>> 16) & 0xfff, (draw & 0xffff) / 0x1_0000)
    return interpolate(this.#top, (draw >>> 8) & 0xfff, (draw & 0xff) / 0x100)
  }
}

/** The wealth of whom a share `above` of all customers is richer than. */
function wealthWith(above: number): number {
  const { richShare, privateShare, richFromFen, privateFromFen, maxFen } = wealth
  if (above >= richShare) return bodyWealth((1 - above) / (1 - richShare))
  if (above >= privateShare) {
    // A straight line between the two thresholds on double logarithmic paper.
    return richFromFen * power(privateFromFen / richFromFen, logRatio(above))
  }
  // Bounded Pareto: 1 - F(x) = (x^-a - H^-a) / (L^-a - H^-a).
  const a = wealth.privateExponent
  const tail = power(privateFromFen / maxFen, a)
  const inside = (above / privateShare) * (1 - tail) + tail
  return Math.min(maxFen, privateFromFen * power(inside, -1 / a))
}

/** 0 at the lower threshold, 1 at the upper one. */
function logRatio(above: number): number {
  const { richShare, privateShare } = wealth
  return ln(above / richShare) / ln(privateShare / richShare)
}

/** The lognormal below `richFromFen`, after those who have nothing; `p` in [0, 1]. */
function bodyWealth(p: number): number {
  const { nothingShare, medianFen, sigma, richFromFen } = wealth
  if (p <= nothingShare) return 0
  const belowCut = 0.9951
  const q = Math.max(1e-6, ((p - nothingShare) / (1 - nothingShare)) * belowCut)
  return Math.min(richFromFen, medianFen * exp(sigma * normalQuantile(q)))
}

function interpolate(table: Float64Array, bin: number, fraction: number): number {
  const low = table[bin] as number
  return Math.floor(low + ((table[bin + 1] as number) - low) * fraction)
}
