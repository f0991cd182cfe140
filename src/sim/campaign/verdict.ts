import { formatCount } from '../../kit/units.js'
import type { CampaignOptions, CampaignResult } from './campaign.js'
import { missingSituations } from './must-haves.js'

export interface CampaignVerdict {
  /** `unknown`: nothing was violated, and that proves too little. */
  readonly verdict: 'pass' | 'fail' | 'unknown'
  /** Sentences without a full stop, the weightiest first. */
  readonly reasons: readonly string[]
}

/** What a campaign has shown. */
export function judgeCampaign(options: CampaignOptions, result: CampaignResult): CampaignVerdict {
  const { totals } = result
  if (totals.violations > 0)
    return {
      verdict: 'fail',
      reasons: [`${formatCount(totals.violations)} of ${seedsText(totals.seeds)} violated an invariant`],
    }
  const doubts = doubtsAbout(options, result)
  return doubts.length > 0
    ? { verdict: 'unknown', reasons: doubts }
    : { verdict: 'pass', reasons: [`no invariant was violated in ${seedsText(totals.seeds)}`] }
}

function doubtsAbout({ seeds, seconds, plant }: CampaignOptions, { totals }: CampaignResult): string[] {
  if (totals.seeds < seeds)
    return [`${formatCount(totals.seeds)} of ${formatCount(seeds)} seeds were run, and no more`]
  // A planted bug may keep everything else from happening.
  const missing = plant === null ? missingSituations({ ...totals, seconds }) : []
  return [
    ...(totals.acknowledged === 0 ? ['no write was acknowledged, so none could be lost'] : []),
    ...(totals.faults === 0 ? ['nothing went wrong in any run'] : []),
    ...missing.map((what) => `never met, although it should have been: ${what}`),
  ]
}

function seedsText(count: number): string {
  return count === 1 ? '1 seed' : `${formatCount(count)} seeds`
}
