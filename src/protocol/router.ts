import type { NodeName } from '../model/node.js'
import { isNewer, type Topology } from '../model/topology.js'
import { type ConnectionDrop, dropsBetween } from './router/connection-drops.js'
import {
  emptyReaderBook,
  nextReader,
  type ReaderBook,
  type ReaderLimits,
  withBenched,
  withLag,
  withTopology,
} from './router/reader-book.js'
import { type HeldRequest, type ReadMode, type Wish, wakeTime } from './router/wish.js'

/**
 * Where a data source sends its work. Pure and serialisable: a driver performs the effects and reports what
 * happened as events, which carry the time.
 *
 * - The newest topology wins (epoch, then version); an older one is ignored (I5).
 * - A write, or a read that asks for the master, goes to the present master only. While there is none it is held in
 *   order, up to its deadline, instead of being failed: in a failover as in a planned change of roles.
 * - Nothing goes to a master that nobody has confirmed for `leaseMs`: a client that was stopped or cut off looks again
 *   before it believes what it knew (see {@link readLeaseMs}).
 * - Other reads go round the readers that are fit for them, else to the master.
 */
export interface RouterState {
  readonly topology: Topology | null
  /** The latest time at which the topology is known to have been the newest one; null = never. */
  readonly confirmedAtMs: number | null
  /** In the order in which they are let go. */
  readonly held: readonly HeldRequest[]
  readonly readers: ReaderBook
}

export type RouterEvent =
  | {
      readonly kind: 'topology'
      readonly topology: Topology
      readonly nowMs: number
      /**
       * When the question was asked that this answers. Absent for a message that came by itself: it may have lain in a
       * buffer for as long as this process was stopped, so it confirms nothing.
       */
      readonly confirmedAtMs?: number | undefined
    }
  | ({ readonly kind: 'write' } & Asking)
  | ({ readonly kind: 'read' } & Asking & Wish)
  /** The node could not take a request, which certainly had no effect: safe to send again. */
  | ({ readonly kind: 'bounced' } & Returned)
  /** The node lacks what the session has written, or at least had not applied it in time. */
  | ({ readonly kind: 'behind' } & Returned)
  /** How far a reader is behind; null = not known. */
  | {
      readonly kind: 'lag'
      readonly node: NodeName
      readonly lagMs: number | null
      readonly nowMs: number
    }
  /** The client no longer waits. */
  | { readonly kind: 'withdrawn'; readonly request: number }
  | { readonly kind: 'tick'; readonly nowMs: number }

type Asking = Omit<Wish, 'mode'> & { readonly nowMs: number }

type Returned = Asking &
  Wish & {
    readonly node: NodeName
    /** Of the `send`. A node that was left with its epoch is not to blame. */
    readonly epoch: number
  }

export type RouterEffect =
  | {
      readonly kind: 'send'
      readonly request: number
      readonly node: NodeName
      readonly epoch: number
      /** As whom the node was chosen: it must still be that when the work begins. */
      readonly as: 'master' | 'reader'
    }
  | { readonly kind: 'reject'; readonly request: number; readonly reason: RejectReason }
  /** Send a `tick` at this time. */
  | { readonly kind: 'wake'; readonly atMs: number }
  /** Ask for the newest topology now, and tell it with the time of asking; one question at a time is enough. */
  | { readonly kind: 'resolve' }
  | ConnectionDrop
  | { readonly kind: 'adopted'; readonly topology: Topology; readonly newEpoch: boolean }

/** `unconfirmed`: a master is known, but nobody could be asked whether it still is. */
export type RejectReason = 'no-topology' | 'no-master' | 'unconfirmed' | 'queue-full'

export interface RouterStep {
  readonly state: RouterState
  readonly effects: readonly RouterEffect[]
}

export interface RouterLimits extends ReaderLimits {
  /** How many requests may wait for a master: beyond it they are refused, so that memory stays bounded. */
  readonly heldMax: number
  /** The pause before a bounced or unconfirmed request is looked at again. */
  readonly retryAfterMs: number
  /** How many replicas are asked for what a session has written before the master is. */
  readonly replicasTriedMax: number
  /** null = the master is believed in for ever: for a driver that has nobody to ask. */
  readonly leaseMs: number | null
}

/**
 * How long a master is believed in without a word: 500 ms. The truth is looked at every 200 ms, so a late look or two
 * cost nothing; and to ask again costs a fraction of a millisecond, so there is no reason to wait longer.
 *
 * What it does not promise: a new master does not wait for old leases to end. A client that was stopped just after a
 * look, while an old master that still answers was cut off and replaced, can read from it what is up to `leaseMs` old.
 * Writes are safe without any lease: nobody acknowledges them.
 */
export const readLeaseMs = 500

export const defaultRouterLimits: RouterLimits = Object.freeze({
  heldMax: 10_000,
  retryAfterMs: 50,
  benchMs: 1000,
  lagMsMax: 5000,
  lagMsReturn: 2000,
  replicasTriedMax: 2,
  leaseMs: null,
})

export const initialRouterState: RouterState = Object.freeze({
  topology: null,
  confirmedAtMs: null,
  held: [],
  readers: emptyReaderBook,
})

export function stepRouter(state: RouterState, event: RouterEvent, limits: RouterLimits): RouterStep {
  switch (event.kind) {
    case 'topology':
      return onTopology(state, event, limits)
    case 'write':
      return place(state, { ...event, mode: 'master' }, limits)
    case 'read':
      return place(state, event, limits)
    case 'bounced':
      return onBounced(state, event, limits)
    case 'behind':
      return place(state, { ...event, avoid: [...(event.avoid ?? []), event.node] }, limits)
    case 'lag':
      return still({ ...state, readers: withLag(state.readers, event, limits) })
    case 'withdrawn':
      return still({ ...state, held: state.held.filter((each) => each.request !== event.request) })
    case 'tick':
      return releaseHeld(still(state), event.nowMs, isDue, limits)
  }
}

function onTopology(
  state: RouterState,
  event: RouterEvent & { readonly kind: 'topology' },
  limits: RouterLimits,
): RouterStep {
  const { topology, nowMs } = event
  if (isNewer(topology, state.topology)) {
    const newEpoch = topology.epoch !== state.topology?.epoch
    const readers = withTopology(state.readers, topology)
    const adopted: RouterStep = {
      state: { ...state, topology, readers, confirmedAtMs: laterOf(state, event) },
      effects: [{ kind: 'adopted', topology, newEpoch }, ...dropsBetween(state.topology, topology)],
    }
    return releaseHeld(adopted, nowMs, () => true, limits)
  }
  const isOlder = state.topology !== null && isNewer(state.topology, topology)
  const confirmedAtMs = laterOf(state, event)
  if (isOlder || confirmedAtMs === state.confirmedAtMs) return still(state)
  const waitsForIt = (each: HeldRequest) => each.waitsFor === 'truth'
  return releaseHeld(still({ ...state, confirmedAtMs }), nowMs, waitsForIt, limits)
}

/** A newer topology keeps the earlier confirmation: at that time it was not there yet, so nothing newer was. */
function laterOf(
  { confirmedAtMs: known }: RouterState,
  { confirmedAtMs: told }: { readonly confirmedAtMs?: number | undefined },
): number | null {
  if (told === undefined) return known
  return known === null ? told : Math.max(known, told)
}

function onBounced(
  state: RouterState,
  event: RouterEvent & { readonly kind: 'bounced' },
  limits: RouterLimits,
): RouterStep {
  const isCurrent = state.topology?.epoch === event.epoch
  const benches = isCurrent && event.mode !== 'master'
  const readers = benches ? withBenched(state.readers, event, limits) : state.readers
  const after = { ...state, readers }
  const found = findNode(after, event, limits)
  if (!isCurrent || found.kind === 'wait' || found.node !== event.node) return place(after, event, limits)
  const waiting = hold(after, event, { waitsFor: 'retry', retryAtMs: event.nowMs + limits.retryAfterMs }, limits)
  // A master that turns work away may have been replaced: who asks hears of it before the news arrives by itself.
  return { ...waiting, effects: [...waiting.effects, { kind: 'resolve' }] }
}

type Placing = Wish & { readonly nowMs: number }

function place(state: RouterState, wish: Placing, limits: RouterLimits): RouterStep {
  const found = findNode(state, wish, limits)
  if (found.kind === 'wait') return holdFor(state, wish, found, limits)
  return {
    state: found.readers === null ? state : { ...state, readers: found.readers },
    effects: [sendTo(found, wish, state)],
  }
}

type Found = FoundNode | Wait

interface FoundNode {
  readonly kind: 'node'
  readonly node: NodeName
  readonly as: 'master' | 'reader'
  /** The book after this choice; null = unchanged. */
  readonly readers: ReaderBook | null
}

interface Wait {
  readonly kind: 'wait'
  readonly waitsFor: 'master' | 'truth'
}

const forMaster: Wait = Object.freeze({ kind: 'wait', waitsFor: 'master' })
const forTruth: Wait = Object.freeze({ kind: 'wait', waitsFor: 'truth' })

function findNode(state: RouterState, wish: Placing, limits: RouterLimits): Found {
  const { topology } = state
  if (topology === null) return forMaster
  const isKnownEpoch = (wish.minEpoch ?? 0) <= topology.epoch
  const asksReaders = wish.mode !== 'master' && (wish.avoid?.length ?? 0) < limits.replicasTriedMax
  const chosen = asksReaders && isKnownEpoch ? nextReader(state.readers, wish, wish.nowMs) : null
  if (chosen) return { kind: 'node', node: chosen.node, as: 'reader', readers: chosen.book }
  // No reader is fit: the master is always right, and is waited for if need be.
  if (topology.master === null) return forMaster
  if (!isKnownEpoch || !leaseHolds(state, wish.nowMs, limits)) return forTruth
  return { kind: 'node', node: topology.master, as: 'master', readers: null }
}

function leaseHolds({ confirmedAtMs }: RouterState, nowMs: number, { leaseMs }: RouterLimits): boolean {
  return leaseMs === null || (confirmedAtMs !== null && nowMs - confirmedAtMs <= leaseMs)
}

function holdFor(state: RouterState, wish: Placing, wait: Wait, limits: RouterLimits): RouterStep {
  if (wait.waitsFor === 'master') return hold(state, wish, { waitsFor: 'master', retryAtMs: null }, limits)
  const retryAtMs = wish.nowMs + limits.retryAfterMs
  const waiting = hold(state, wish, { waitsFor: 'truth', retryAtMs }, limits)
  return { ...waiting, effects: [...waiting.effects, { kind: 'resolve' }] }
}

function hold(
  state: RouterState,
  wish: Placing,
  waiting: Pick<HeldRequest, 'waitsFor' | 'retryAtMs'>,
  limits: RouterLimits,
): RouterStep {
  const { request, mode, deadlineMs, maxLagMs, minEpoch, avoid } = wish
  const entry: HeldRequest = { request, mode, deadlineMs, maxLagMs, minEpoch, avoid, ...waiting }
  if (wish.nowMs >= deadlineMs) return { state, effects: [expired(state, entry)] }
  if (state.held.length >= limits.heldMax)
    return { state, effects: [{ kind: 'reject', request, reason: 'queue-full' }] }
  return {
    state: { ...state, held: [...state.held, entry] },
    effects: [{ kind: 'wake', atMs: wakeTime(entry) }],
  }
}

function isDue(each: HeldRequest, nowMs: number): boolean {
  return each.retryAtMs !== null && each.retryAtMs <= nowMs
}

/** Rejects what is past its deadline; lets go, in order, what may go and has a node. */
function releaseHeld(
  from: RouterStep,
  nowMs: number,
  mayGo: (each: HeldRequest, nowMs: number) => boolean,
  limits: RouterLimits,
): RouterStep {
  if (from.state.held.length === 0) return from
  let { state } = from
  const kept: HeldRequest[] = []
  const effects: RouterEffect[] = [...from.effects]
  let resolves = false
  for (const each of state.held) {
    if (each.deadlineMs <= nowMs) {
      effects.push(expired(state, each))
      continue
    }
    if (!mayGo(each, nowMs)) {
      kept.push(each)
      continue
    }
    const found = findNode(state, { ...each, nowMs }, limits)
    if (found.kind === 'node') {
      effects.push(sendTo(found, each, state))
      state = found.readers === null ? state : { ...state, readers: found.readers }
      continue
    }
    const retryAtMs = found.waitsFor === 'truth' ? nowMs + limits.retryAfterMs : null
    resolves ||= found.waitsFor === 'truth'
    kept.push({ ...each, waitsFor: found.waitsFor, retryAtMs })
  }
  if (resolves) effects.push({ kind: 'resolve' })
  if (kept.length > 0) effects.push({ kind: 'wake', atMs: Math.min(...kept.map(wakeTime)) })
  return { state: { ...state, held: kept }, effects }
}

function expired({ topology }: RouterState, { request, waitsFor }: HeldRequest): RouterEffect {
  if (topology === null) return { kind: 'reject', request, reason: 'no-topology' }
  return { kind: 'reject', request, reason: waitsFor === 'truth' ? 'unconfirmed' : 'no-master' }
}

function sendTo(
  { node, as }: FoundNode,
  { request }: { readonly request: number },
  { topology }: RouterState,
): RouterEffect {
  return { kind: 'send', request, node, epoch: topology?.epoch ?? 0, as }
}

function still(state: RouterState): RouterStep {
  return { state, effects: [] }
}
