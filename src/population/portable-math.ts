import { assert } from '../kit/assert.js'

/**
 * `Math.exp`, `Math.log` and `Math.pow` may differ in the last bit between engines. These use only the operations
 * that IEEE 754 fixes exactly (+ - * / sqrt), so that a population has the same bytes everywhere.
 */

const ln2 = Math.LN2

/** Natural logarithm of a positive number. */
export function ln(x: number): number {
  assert(x > 0 && Number.isFinite(x), `ln of ${x}`)
  let mantissa = x
  let exponent = 0
  for (; mantissa >= 1.5; exponent++) mantissa /= 2
  for (; mantissa < 0.75; exponent--) mantissa *= 2
  // ln m = 2 atanh((m - 1) / (m + 1)); |s| <= 0.2, so 15 odd terms are beyond double precision.
  const s = (mantissa - 1) / (mantissa + 1)
  let power = s
  let sum = 0
  for (let term = 1; term <= 29; term += 2) {
    sum += power / term
    power *= s * s
  }
  return 2 * sum + exponent * ln2
}

/** e to the power of x. */
export function exp(x: number): number {
  const exponent = Math.round(x / ln2)
  const rest = x - exponent * ln2
  let term = 1
  let sum = 1
  for (let n = 1; n <= 20; n++) {
    term *= rest / n
    sum += term
  }
  for (let n = 0; n < exponent; n++) sum *= 2
  for (let n = 0; n > exponent; n--) sum /= 2
  return sum
}

/** A positive number to the power of any other. */
export function power(base: number, exponent: number): number {
  return exp(exponent * ln(base))
}

/**
 * The quantile of the standard normal distribution for p in (0, 1): Peter Acklam's rational approximation,
 * relative error below 1.2e-9.
 */
export function normalQuantile(p: number): number {
  assert(p > 0 && p < 1, `quantile of ${p}`)
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * ln(p))
    return polynomial(tailNumerator, q) / polynomial(tailDenominator, q)
  }
  const q = p - 0.5
  const r = q * q
  return (q * polynomial(bodyNumerator, r)) / polynomial(bodyDenominator, r)
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}

const bodyNumerator = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const bodyDenominator = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
]
const tailNumerator = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailDenominator = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1]
