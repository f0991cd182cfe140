import { metAfterSeeds, type Sometimes, sometimes } from '../checks/facts.js'

/** From so many seconds on a run has room for everything that must be met. */
const secondsMin = 60

/** What should have been met by now, and was not. */
export function missingSituations(campaign: {
  readonly seeds: number
  readonly seconds: number
  readonly coverage: Readonly<Record<string, number>>
}): readonly Sometimes[] {
  const { seeds, seconds, coverage } = campaign
  if (seconds < secondsMin) return []
  return sometimes.filter((what) => seeds >= metAfterSeeds[what] && (coverage[what] ?? 0) === 0)
}
