import type { NodeName } from '../../model/node.js'

/**
 * The steps of a change of master, as a driver performs them. Each may be repeated: a keeper that died in the middle
 * begins again at the seal.
 *
 * Of a failover, in this order:
 * seal    qlink ends the epoch, durably and for good: the old master can tell no client OK again (I2). Its process is
 *         ended at the same time if it is ours, which nothing waits for.
 * halt    the survivors stop receiving, so that no late tail of the old master moves what is compared next (H11)
 * survey  how far is each reachable survivor, and qlink's log; whose history is not a prefix
 * drain   the candidate applies what it has received, then qlink replays what it lacks (I3)
 * attach  the candidate forgets its source and demands acknowledgements; qlink opens the new epoch on it and is
 *         attached before a single write is let in (H14, H16)
 * open    the epoch row is written, and acknowledged: the proof from end to end; then writes are let in
 * repoint the others follow the new chain
 *
 * Before the seal of a planned switchover:
 * check   is the candidate fit, and no long transaction open
 * quiesce the routers hold new transactions; those in flight end; the master becomes read-only
 * level   qlink's log and the candidate have everything the master has
 * release the way back, if one of these does not succeed in time: the old master takes writes again
 */
export type Step =
  | { readonly kind: 'seal'; readonly oldMaster: NodeName; readonly endOldMaster: boolean }
  | { readonly kind: 'halt'; readonly nodes: readonly NodeName[] }
  | { readonly kind: 'survey'; readonly nodes: readonly NodeName[]; readonly oldMaster: NodeName }
  | { readonly kind: 'drain'; readonly candidate: NodeName }
  | { readonly kind: 'attach'; readonly candidate: NodeName; readonly epoch: number }
  | { readonly kind: 'open'; readonly candidate: NodeName; readonly epoch: number }
  | { readonly kind: 'repoint'; readonly moves: readonly Move[] }
  | { readonly kind: 'check'; readonly oldMaster: NodeName; readonly candidate: NodeName }
  | { readonly kind: 'quiesce'; readonly oldMaster: NodeName }
  | { readonly kind: 'level'; readonly oldMaster: NodeName; readonly candidate: NodeName }
  | { readonly kind: 'release'; readonly oldMaster: NodeName }

export type StepKind = Step['kind']

export interface Move {
  readonly node: NodeName
  readonly source: NodeName
}

export type StepReport =
  /** The epoch that was sealed: the next one is newer. */
  | { readonly step: 'seal'; readonly epoch: number }
  | { readonly step: 'survey'; readonly survey: Survey }
  | { readonly step: Exclude<StepKind, 'seal' | 'survey'> }

export interface Survey {
  /** By reachable node: how many transactions it lacks of the longest history among them and qlink's log. */
  readonly lacks: Readonly<Record<string, number>>
  /** By node whose history is not a prefix of that: why. Never promoted. */
  readonly errant: Readonly<Record<string, string>>
}

export const failoverSteps = [
  'seal',
  'halt',
  'survey',
  'drain',
  'attach',
  'open',
  'repoint',
] as const satisfies readonly StepKind[]

export const switchoverSteps = [
  'check',
  'quiesce',
  'level',
  'seal',
  'attach',
  'open',
  'repoint',
] as const satisfies readonly StepKind[]

/** The step that follows; null after the last. */
export function stepAfter(steps: readonly StepKind[], step: StepKind): StepKind | null {
  return steps[steps.indexOf(step) + 1] ?? null
}
