import type { NodeName } from '../model/node.js'
import { isNewer, readersOf, type Topology } from '../model/topology.js'

/**
 * Where a data source sends its work. Pure and serialisable: a driver performs the effects and reports what
 * happened as events, which carry the time.
 *
 * - The newest topology wins (epoch, then version); an older one is ignored (I5).
 * - A write, or a read that asks for the master, goes to the present master only. While there is none it is held in
 *   order, up to its deadline, instead of being failed.
 * - Other reads go round the serving readers; one that lags or failed is left out until it is well again.
 */
export interface RouterState {
  readonly topology: Topology | null
  /** In the order in which they are let go. */
  readonly held: readonly HeldRequest[]
  /** Readers left out because of their lag, and those benched after a failure until a point in time. */
  readonly lagging: readonly NodeName[]
  readonly benchedUntilMs: Readonly<Record<string, number>>
  readonly turn: number
}

export interface HeldRequest {
  readonly request: number
  readonly deadlineMs: number
  /**
   * Set for a request that its master could not take: it is tried again at this time, or as soon as there is a
   * newer topology. null = it waits for a master.
   */
  readonly retryAtMs: number | null
}

/** `any`: shadow and slaves, whatever their lag within the limit. Later modes: bounded staleness, read your writes. */
export type ReadMode = 'master' | 'any'

export type RouterEvent =
  | { readonly kind: 'topology'; readonly topology: Topology; readonly nowMs: number }
  | { readonly kind: 'write'; readonly request: number; readonly nowMs: number; readonly deadlineMs: number }
  | {
      readonly kind: 'read'
      readonly mode: ReadMode
      readonly request: number
      readonly nowMs: number
      readonly deadlineMs: number
    }
  /** The node could not take a request, which certainly had no effect: safe to send again. */
  | {
      readonly kind: 'bounced'
      readonly request: number
      readonly node: NodeName
      readonly mode: ReadMode
      readonly nowMs: number
      readonly deadlineMs: number
    }
  /** How far a reader is behind; null = not known, which does not count against it. */
  | { readonly kind: 'lag'; readonly node: NodeName; readonly lagMs: number | null }
  /** The client no longer waits. */
  | { readonly kind: 'withdrawn'; readonly request: number }
  | { readonly kind: 'tick'; readonly nowMs: number }

export type RouterEffect =
  | { readonly kind: 'send'; readonly request: number; readonly node: NodeName; readonly epoch: number }
  | { readonly kind: 'reject'; readonly request: number; readonly reason: RejectReason }
  /** Send a `tick` at this time. */
  | { readonly kind: 'wake'; readonly atMs: number }
  /** `cut` = drop the connections to the node now; `retire` = close them as they become idle. */
  | { readonly kind: 'drop'; readonly node: NodeName; readonly how: 'cut' | 'retire' }
  | { readonly kind: 'adopted'; readonly topology: Topology; readonly newEpoch: boolean }

export type RejectReason = 'no-topology' | 'no-master' | 'queue-full'

export interface RouterStep {
  readonly state: RouterState
  readonly effects: readonly RouterEffect[]
}

export interface RouterLimits {
  /** How many requests may wait for a master: beyond it they are refused, so that memory stays bounded. */
  readonly heldMax: number
  /** The pause before a bounced request is tried on the same master again. */
  readonly retryAfterMs: number
  /** How long a reader that failed is left out. */
  readonly benchMs: number
  /** A reader leaves above the first and comes back at or below the second, so that it does not flutter. */
  readonly lagMsMax: number
  readonly lagMsReturn: number
}

export const defaultRouterLimits: RouterLimits = Object.freeze({
  heldMax: 10_000,
  retryAfterMs: 50,
  benchMs: 1000,
  lagMsMax: 5000,
  lagMsReturn: 2000,
})

export const initialRouterState: RouterState = Object.freeze({
  topology: null,
  held: [],
  lagging: [],
  benchedUntilMs: {},
  turn: 0,
})

export function stepRouter(state: RouterState, event: RouterEvent, limits: RouterLimits): RouterStep {
  switch (event.kind) {
    case 'topology':
      return onTopology(state, event)
    case 'write':
      return toMaster(state, event, limits)
    case 'read':
      return event.mode === 'master' ? toMaster(state, event, limits) : toReader(state, event, limits)
    case 'bounced':
      return onBounced(state, event, limits)
    case 'lag':
      return onLag(state, event, limits)
    case 'withdrawn':
      return still({ ...state, held: state.held.filter((each) => each.request !== event.request) })
    case 'tick':
      return onTick(state, event.nowMs)
  }
}

/** What a request that asks for a node says of itself. */
interface Asking {
  readonly request: number
  readonly nowMs: number
  readonly deadlineMs: number
}

function onTopology(state: RouterState, event: { topology: Topology; nowMs: number }): RouterStep {
  const { topology } = event
  if (!isNewer(topology, state.topology)) return still(state)
  const newEpoch = topology.epoch !== state.topology?.epoch
  const adopted: RouterStep = {
    state: { ...state, topology },
    effects: [{ kind: 'adopted', topology, newEpoch }, ...drops(state.topology, topology)],
  }
  return releaseHeld(adopted, event.nowMs, () => true)
}

/** In a new epoch no connection of an older one may be used again; a node out of service is left at once. */
function drops(before: Topology | null, now: Topology): readonly RouterEffect[] {
  return (before?.nodes ?? []).flatMap(({ name, serving }): RouterEffect[] => {
    const serves = now.nodes.some((node) => node.name === name && node.serving)
    const lostMastership = before?.epoch !== now.epoch && before?.master === name && now.master !== name
    if ((serving && !serves) || lostMastership) return [{ kind: 'drop', node: name, how: 'cut' }]
    return before?.epoch === now.epoch ? [] : [{ kind: 'drop', node: name, how: 'retire' }]
  })
}

function toMaster(state: RouterState, asking: Asking, limits: RouterLimits): RouterStep {
  const { topology } = state
  if (topology?.master) return { state, effects: [send(asking.request, topology.master, topology)] }
  return hold(state, asking, null, limits)
}

function toReader(state: RouterState, asking: Asking, limits: RouterLimits): RouterStep {
  const { topology } = state
  const readers = topology ? readersOf(topology).map((node) => node.name) : []
  const well = readers.filter(
    (name) => !state.lagging.includes(name) && (state.benchedUntilMs[name] ?? 0) <= asking.nowMs,
  )
  const reader = well[state.turn % Math.max(1, well.length)]
  // No reader is fit: the master is always right, and holds if it must.
  if (!topology || reader === undefined) return toMaster(state, asking, limits)
  return {
    state: { ...state, turn: (state.turn + 1) % 0x4000_0000 },
    effects: [send(asking.request, reader, topology)],
  }
}

function onBounced(
  state: RouterState,
  event: Asking & { node: NodeName; mode: ReadMode },
  limits: RouterLimits,
): RouterStep {
  const { topology } = state
  if (event.mode === 'any' && topology?.master !== event.node) {
    const benchedUntilMs = { ...state.benchedUntilMs, [event.node]: event.nowMs + limits.benchMs }
    return toReader({ ...state, benchedUntilMs }, event, limits)
  }
  // The master may have changed while the request was under way: then it need not wait.
  if (topology?.master && topology.master !== event.node) return toMaster(state, event, limits)
  return hold(state, event, topology?.master ? event.nowMs + limits.retryAfterMs : null, limits)
}

function onLag(
  state: RouterState,
  event: { node: NodeName; lagMs: number | null },
  limits: RouterLimits,
): RouterStep {
  const wasLagging = state.lagging.includes(event.node)
  const limitMs = wasLagging ? limits.lagMsReturn : limits.lagMsMax
  const lags = event.lagMs !== null && event.lagMs > limitMs
  if (lags === wasLagging) return still(state)
  const others = state.lagging.filter((name) => name !== event.node)
  return still({ ...state, lagging: lags ? [...others, event.node] : others })
}

function onTick(state: RouterState, nowMs: number): RouterStep {
  const isDue = (each: HeldRequest) => each.retryAtMs !== null && each.retryAtMs <= nowMs
  const released = releaseHeld(still(state), nowMs, isDue)
  const next = released.state.held.map(wakeTime)
  if (next.length === 0) return released
  return { ...released, effects: [...released.effects, { kind: 'wake', atMs: Math.min(...next) }] }
}

function hold(
  state: RouterState,
  asking: Asking,
  retryAtMs: number | null,
  limits: RouterLimits,
): RouterStep {
  const { request, deadlineMs } = asking
  if (asking.nowMs >= deadlineMs) return rejected(state, request)
  if (state.held.length >= limits.heldMax)
    return { state, effects: [{ kind: 'reject', request, reason: 'queue-full' }] }
  const entry: HeldRequest = { request, deadlineMs, retryAtMs }
  return {
    state: { ...state, held: [...state.held, entry] },
    effects: [{ kind: 'wake', atMs: wakeTime(entry) }],
  }
}

function wakeTime(each: HeldRequest): number {
  return Math.min(each.deadlineMs, each.retryAtMs ?? each.deadlineMs)
}

/** Rejects what is past its deadline; lets go, in order, what may go, if there is a master. */
function releaseHeld(from: RouterStep, nowMs: number, mayGo: (each: HeldRequest) => boolean): RouterStep {
  const { state } = from
  if (state.held.length === 0) return from
  const kept: HeldRequest[] = []
  const effects: RouterEffect[] = [...from.effects]
  for (const each of state.held) {
    if (each.deadlineMs <= nowMs) effects.push(...rejected(state, each.request).effects)
    else if (state.topology?.master && mayGo(each))
      effects.push(send(each.request, state.topology.master, state.topology))
    // Without a master there is nothing to try again: it waits for the next one.
    else kept.push(state.topology?.master ? each : { ...each, retryAtMs: null })
  }
  return { state: { ...state, held: kept }, effects }
}

function rejected(state: RouterState, request: number): RouterStep {
  const reason = state.topology === null ? 'no-topology' : 'no-master'
  return { state, effects: [{ kind: 'reject', request, reason }] }
}

function send(request: number, node: NodeName, topology: Topology): RouterEffect {
  return { kind: 'send', request, node, epoch: topology.epoch }
}

function still(state: RouterState): RouterStep {
  return { state, effects: [] }
}
