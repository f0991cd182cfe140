import type { NoiseVerdict } from '../../model/bench-result.js'

/** One second of a run, as the host was meanwhile. */
export interface HostSlice {
  /** Of the fixed kernel; null when none was run. */
  readonly spinMs: number | null
  /** Of all CPU time of the host. */
  readonly stolenShare: number
  /** Of all CPU time of the host: used by processes that have nothing to do with the run. */
  readonly othersShare: number
}

export const noiseLimits = Object.freeze({
  /** Beside the fastest look of the run: frequency, hyper-threads and neighbours make it slower. */
  slowness: 1.25,
  stolenShare: 0.02,
  othersShare: 0.1,
  /** A run with more noisy slices than this is noisy. */
  noisyShare: 0.1,
})

/** null for a run without a whole slice. */
export function noiseVerdict(slices: readonly HostSlice[]): NoiseVerdict | null {
  if (slices.length === 0) return null
  const spins = slices.flatMap(({ spinMs }) => spinMs ?? [])
  const fastest = Math.min(...spins)
  const noisy = slices.filter(
    ({ spinMs, stolenShare, othersShare }) =>
      (spinMs !== null && spinMs > fastest * noiseLimits.slowness) ||
      stolenShare > noiseLimits.stolenShare ||
      othersShare > noiseLimits.othersShare,
  ).length
  return {
    slices: slices.length,
    noisy,
    verdict: noisy > slices.length * noiseLimits.noisyShare ? 'noisy' : 'quiet',
  }
}
