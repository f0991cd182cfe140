import type { KeeperState } from '../../protocol/keeper/state.js'
import type { StepKind } from '../../protocol/keeper/steps.js'
import type { Sometimes } from '../checks/facts.js'

/** At which place of the keeper's work somebody is to be killed next. */
export interface DeathWish {
  readonly victim: 'keeper' | 'qlink' | 'candidate'
  readonly at: 'begin' | 'end' | 'published'
  /** Has no meaning for `published`. */
  readonly step: StepKind
}

export function isThePlace(
  wish: DeathWish | null,
  at: DeathWish['at'],
  step: StepKind | null,
): wish is DeathWish {
  return wish !== null && wish.at === at && (step === null || wish.step === step)
}

/** The node that is about to become the master, if there is one. */
export function candidateOf(machine: KeeperState | null): KeeperState['topology']['master'] {
  const workflow = machine?.workflow
  if (!workflow || workflow.kind === 'reshape') return null
  return workflow.kind === 'failover' ? (workflow.order[0] ?? null) : workflow.candidate
}

/** What the death of a keeper there counts as. */
export function deathOfKeeper(step: StepKind | null): Sometimes | null {
  if (step === null) return 'keeper died between publishing and its next step'
  switch (step) {
    case 'seal':
    case 'halt':
    case 'survey':
    case 'drain':
    case 'attach':
    case 'open':
    case 'repoint':
      return `keeper died at ${step}`
    default:
      return null
  }
}
