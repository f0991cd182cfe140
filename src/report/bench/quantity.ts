import { formatCount } from '../../kit/units.js'

/** `48,210`, `912`, `12.4`: rates keep three digits at least. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 100) return formatCount(perSecond)
  return perSecond.toFixed(perSecond >= 10 ? 1 : 2)
}

/** `47,100 to 49,300` */
export function formatRange([low, high]: readonly [number, number]): string {
  return `${formatRate(low)} to ${formatRate(high)}`
}

/** `1.043`; ratios far from 1 with fewer digits. */
export function formatRatio(ratio: number): string {
  return ratio >= 100 ? formatCount(ratio) : ratio.toFixed(ratio >= 10 ? 1 : 3)
}

/** Microseconds as people read them: `840 us`, `1.34 ms`, `2.10 s`. */
export function formatMicroseconds(us: number): string {
  if (us < 1000) return `${us < 10 ? us.toFixed(1) : Math.round(us)} us`
  if (us < 1_000_000) return `${(us / 1000).toFixed(us < 10_000 ? 2 : us < 100_000 ? 1 : 0)} ms`
  return `${(us / 1_000_000).toFixed(2)} s`
}

export function formatShare(share: number): string {
  const percent = share * 100
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`
}
