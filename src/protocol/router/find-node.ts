import type { NodeName } from '../../model/node.js'
import { nextReader, type ReaderBook } from './reader-book.js'
import type { Asking, RouterEffect, RouterLimits, RouterState } from './state.js'

export interface FoundNode {
  readonly kind: 'node'
  readonly node: NodeName
  readonly as: 'master' | 'reader'
  /** The book after this choice; null = unchanged. */
  readonly readers: ReaderBook | null
}

export interface Wait {
  readonly kind: 'wait'
  readonly waitsFor: 'master' | 'truth'
}

/** Where a wish can go at the moment, or what it has to wait for. */
export function findNode(state: RouterState, wish: Asking, limits: RouterLimits): FoundNode | Wait {
  const { topology } = state
  if (topology === null) return forMaster
  const knowsEpoch = (wish.minEpoch ?? 0) <= topology.epoch
  const asksReaders = wish.mode !== 'master' && (wish.avoid?.length ?? 0) < limits.replicasTriedMax
  const chosen = asksReaders && knowsEpoch ? nextReader(state.readers, wish) : null
  if (chosen) return { kind: 'node', node: chosen.node, as: 'reader', readers: chosen.book }
  // No reader is fit: the master is always right, and is waited for if need be.
  if (topology.master === null) return forMaster
  if (!knowsEpoch || !leaseHolds(state, wish.nowMs, limits)) return forTruth
  return { kind: 'node', node: topology.master, as: 'master', readers: null }
}

/** Whether what is known of the master may still be believed. */
export function leaseHolds(
  { confirmedAtMs }: Pick<RouterState, 'confirmedAtMs'>,
  nowMs: number,
  { leaseMs }: Pick<RouterLimits, 'leaseMs'>,
): boolean {
  return leaseMs === null || (confirmedAtMs !== null && nowMs - confirmedAtMs <= leaseMs)
}

/** Half-way through, so that under load nobody has to wait for the answer. */
export function leaseNeedsRenewal(
  state: Pick<RouterState, 'confirmedAtMs'>,
  nowMs: number,
  { leaseMs }: Pick<RouterLimits, 'leaseMs'>,
): boolean {
  return leaseMs !== null && !leaseHolds(state, nowMs, { leaseMs: leaseMs / 2 })
}

export function afterFinding(state: RouterState, found: FoundNode): RouterState {
  return found.readers === null ? state : { ...state, readers: found.readers }
}

export function sendTo(
  { node, as }: FoundNode,
  { request }: { readonly request: number },
  { topology }: RouterState,
): RouterEffect {
  return { kind: 'send', request, node, epoch: topology?.epoch ?? 0, as }
}

const forMaster: Wait = Object.freeze({ kind: 'wait', waitsFor: 'master' })
const forTruth: Wait = Object.freeze({ kind: 'wait', waitsFor: 'truth' })
