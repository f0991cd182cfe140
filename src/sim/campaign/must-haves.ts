import type { Sometimes } from '../checks/facts.js'

/**
 * After how many runs of a minute a situation must have been met. By then each is expected ten times over, so a counter
 * at zero means that the schedules no longer lead there, and that the silence of the checks there proves nothing.
 */
const needed: readonly { readonly afterSeeds: number; readonly situations: readonly Sometimes[] }[] = [
  {
    afterSeeds: 200,
    situations: [
      'failover completed',
      'switchover completed',
      'switchover taken back',
      'failover began again from the seal',
      'failover refused for now',
      'qlink replay used',
      'surplus kept',
      'torn tail cut',
      'seal could not be written',
      'log repaired after a failed sync',
      'acknowledgement repeated on a heartbeat',
      'back-pressure hit',
      'keeper died between publishing and its next step',
      'standby took over',
      'keeper starved',
      'hang detected',
      'silence detected',
      'ambiguous commit resolved',
      'fenced zombie',
      'un-acknowledged tail truncated',
      'un-acknowledged tail committed by recovery',
      'node diverged and held',
      'old master rejoined',
      'errant write found',
      'message duplicated',
      'write held by the router',
    ],
  },
  {
    afterSeeds: 2000,
    situations: [
      'stuck shadow given up',
      'un-synced tail lost',
      'keeper died at seal',
      'keeper died at halt',
      'keeper died at survey',
      'keeper died at drain',
      'keeper died at attach',
      'keeper died at open',
      'keeper died at repoint',
      'replica given up',
    ],
  },
  { afterSeeds: 5000, situations: ['older keeper refused', 'candidate died', 'node cloned anew'] },
]

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
  const due = needed.filter(({ afterSeeds }) => seeds >= afterSeeds).flatMap(({ situations }) => situations)
  return due.filter((what) => (coverage[what] ?? 0) === 0)
}
