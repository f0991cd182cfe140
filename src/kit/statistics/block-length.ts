/**
 * How many neighbours a block must hold so that blocks are nearly independent: the rule of Politis and White (2004,
 * corrected by Patton, Politis and White 2009) for the circular bootstrap. At least 1, at most a third of the series.
 */
export function blockLengthOf(values: readonly number[]): number {
  const length = values.length
  const lags = Math.min(length - 1, Math.ceil(Math.sqrt(length)) + runLength(length))
  if (lags < 2) return 1
  const covariance = autocovariances(values, lags)
  const variance = covariance[0] ?? 0
  if (variance <= 0) return 1
  const significant = lastSignificantLag(covariance, length)
  const bandwidth = Math.min(2 * Math.max(significant, 1), lags)
  let spectrum = variance
  let curvature = 0
  for (let lag = 1; lag <= bandwidth; lag++) {
    const weight = flatTop(lag / bandwidth) * 2 * (covariance[lag] ?? 0)
    spectrum += weight
    curvature += weight * lag
  }
  if (spectrum <= 0) return 1
  const best = (length * 1.5 * (curvature / spectrum) ** 2) ** (1 / 3)
  return Math.max(1, Math.min(Math.round(best), Math.floor(length / 3)))
}

/** So many lags in a row must be small before a correlation counts as gone. */
function runLength(length: number): number {
  return Math.max(5, Math.ceil(Math.sqrt(Math.log10(length))))
}

function lastSignificantLag(covariance: readonly number[], length: number): number {
  const limit = 2 * Math.sqrt(Math.log10(length) / length) * (covariance[0] ?? 0)
  const needed = runLength(length)
  let small = 0
  for (let lag = 1; lag < covariance.length; lag++) {
    small = Math.abs(covariance[lag] ?? 0) < limit ? small + 1 : 0
    if (small === needed) return lag - needed
  }
  return covariance.length - 1 - small
}

function autocovariances(values: readonly number[], lags: number): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviations = values.map((value) => value - mean)
  return Array.from({ length: lags + 1 }, (_, lag) => {
    let sum = 0
    for (let index = lag; index < deviations.length; index++)
      sum += (deviations[index] ?? 0) * (deviations[index - lag] ?? 0)
    return sum / values.length
  })
}

function flatTop(share: number): number {
  if (share <= 0.5) return 1
  return share <= 1 ? 2 * (1 - share) : 0
}
