/**
 * The two-sided quantile of Student's t: `|T| <= studentT(level, df)` holds with probability `level`. Fractional
 * degrees of freedom are allowed. G. W. Hill, Algorithm 396, Communications of the ACM 13 (1970): within
 * 0.02 % for any degrees of freedom.
 */
export function studentT(level: number, degreesOfFreedom: number): number {
  const df = Math.max(1, degreesOfFreedom)
  const tail = 1 - level
  if (df === 1) return 1 / Math.tan((tail * Math.PI) / 2)
  if (df === 2) return Math.sqrt(2 / (tail * (2 - tail)) - 2)
  const a = 1 / (df - 0.5)
  const b = 48 / (a * a)
  const c = (((20_700 * a) / b - 98) * a - 16) * a + 96.36
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * df
  const y = (d * tail) ** (2 / df)
  return y > 0.05 + a ? fromNormal({ df, a, b, c, d, level }) : fromTail({ df, d, y })
}

/** The two-sided quantile of the normal distribution: 1.96 for 0.95. */
export function normalQuantile(level: number): number {
  return -standardNormal((1 - level) / 2)
}

function fromNormal(terms: {
  readonly df: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly level: number
}): number {
  const { df, a, b, d } = terms
  const x = normalQuantile(terms.level)
  let c = terms.c
  let y = x * x
  if (df < 5) c += 0.3 * (df - 4.5) * (x + 0.6)
  c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
  y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
  y = a * y * y
  return Math.sqrt(df * (y > 0.002 ? Math.expm1(y) : 0.5 * y * y + y))
}

function fromTail({ df, d, y }: { readonly df: number; readonly d: number; readonly y: number }): number {
  const corrected =
    ((1 / (((df + 6) / (df * y) - 0.089 * d - 0.822) * (df + 2) * 3) + 0.5 / (df + 4)) * y - 1) *
      ((df + 1) / (df + 2)) +
    1 / y
  return Math.sqrt(df * corrected)
}

/** P. J. Acklam's rational approximation of the inverse normal distribution; relative error below 1.2e-9. */
function standardNormal(probability: number): number {
  if (probability > 0.5) return -standardNormal(1 - probability)
  if (probability < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(probability))
    return polynomial(tailAbove, q) / (polynomial(tailBelow, q) * q + 1)
  }
  const q = probability - 0.5
  const r = q * q
  return (polynomial(middleAbove, r) * q) / (polynomial(middleBelow, r) * r + 1)
}

const middleAbove = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const middleBelow = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
]
const tailAbove = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailBelow = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
