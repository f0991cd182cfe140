import type { PortraitMeasure } from '../../model/population-portrait.js'

/**
 * A share in percent. In a sample of `of` independent rows chance moves it by less than four standard errors in all but
 * 6 of 100,000 cases; the weighted tables of the generator round to 1/65,536, which is `slack`.
 */
export function share(
  name: string,
  counts: { readonly part: number; readonly of: number },
  target: number | null,
  slack = 0.05,
): PortraitMeasure {
  const { part, of } = counts
  const p = (target ?? 0) / 100
  return {
    name,
    unit: 'percent',
    realised: of === 0 ? 0 : (100 * part) / of,
    target,
    tolerance: target === null ? null : 400 * Math.sqrt((p * (1 - p)) / Math.max(1, of)) + slack,
  }
}

/** All rows must have it, or none: nothing is left to chance. */
export function exactly(name: string, realised: number, target: number): PortraitMeasure {
  return { name, unit: 'count', realised, target, tolerance: 0 }
}

export function value(
  name: string,
  unit: PortraitMeasure['unit'],
  realised: number,
  aim: { readonly target: number; readonly tolerance: number } | null = null,
): PortraitMeasure {
  return { name, unit, realised, target: aim?.target ?? null, tolerance: aim?.tolerance ?? null }
}
