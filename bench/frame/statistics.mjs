// Ratios of sides that took turns.

/** Two-sided 95 % quantiles of Student's t by degrees of freedom; the last stands for all larger ones. */
const t95 = [
  Infinity,
  12.71,
  4.3,
  3.18,
  2.78,
  2.57,
  2.45,
  2.36,
  2.31,
  2.26,
  2.23,
  2.2,
  2.18,
  2.16,
  2.14,
  2.13,
]

/** Geometric mean of ratios with its 95 % interval, from pairs that were measured next to each other. */
export function ratioOf(values, base) {
  const logs = values.map((value, index) => Math.log(value / base[index]))
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / Math.max(1, logs.length - 1)
  const quantile = t95[Math.min(t95.length - 1, logs.length - 1)]
  const half = logs.length > 1 ? quantile * Math.sqrt(variance / logs.length) : Infinity
  return { ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
