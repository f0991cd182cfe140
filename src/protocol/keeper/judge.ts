import type { NodeName } from '../../model/node.js'
import type { KeeperLimits, KeeperState, NodeHealth } from './state.js'

/**
 * Why the running master counts as dead; null when it does not. Silence is judged by two observers: a master that the
 * keeper cannot reach, but qlink can, is unreachable for the keeper, and not dead. A master that answers reads while
 * no write is acknowledged and its binlog stands still is as good as dead (stalled disk, stalled engine, or cut off
 * from qlink), unless qlink itself holds back.
 */
export function causeOfDeath(state: KeeperState, nowMs: number, limits: KeeperLimits): string | null {
  const { master } = state.topology
  const health = master === null ? undefined : state.health[master]
  if (master === null || !health || health.process === 'gone') return null
  const { qlink } = state
  const qlinkSpeaks = qlink.seenAtMs !== null && nowMs - qlink.seenAtMs <= limits.qlinkSilentMs
  if (!qlinkSpeaks) return null
  const unheardMs = sinceOrZero(qlink.heardAtMs, nowMs)
  if (silentFor(health, nowMs) >= limits.silentMs && unheardMs >= limits.silentMs)
    return `${master} (master) is silent for the keeper and for qlink for ${Math.round(limits.silentMs)} ms`
  return hangs(state, { master, health, nowMs, limits })
}

function hangs(
  state: KeeperState,
  seen: {
    readonly master: NodeName
    readonly health: NodeHealth
    readonly nowMs: number
    readonly limits: KeeperLimits
  },
): string | null {
  const { nowMs, limits, health } = seen
  const { qlink } = state
  const answers = silentFor(health, nowMs) < limits.silentMs
  const hangsForMs = sinceOrZero(health.acknowledgedAtMs, nowMs)
  const stillForMs = sinceOrZero(qlink.progressAtMs, nowMs)
  if (!answers || qlink.holdsBack || nowMs < state.holdDownUntilMs) return null
  if (hangsForMs < limits.hangMs || stillForMs < limits.hangMs) return null
  return `${seen.master} (master) answers, but nothing was written for ${Math.round(limits.hangMs)} ms`
}

/** Whether a node whose process runs has not answered for this long. */
export function isSilent(health: NodeHealth | undefined, nowMs: number, limitMs: number): boolean {
  return health?.process === 'running' && silentFor(health, nowMs) >= limitMs
}

/** A node that was never asked has not been silent. */
function silentFor(health: NodeHealth, nowMs: number): number {
  return sinceOrZero(health.answeredAtMs, nowMs)
}

function sinceOrZero(atMs: number | null, nowMs: number): number {
  return atMs === null ? 0 : nowMs - atMs
}

/** Whether a node may take part in a failover: its process runs, and it has not been silent. */
export function isWell(state: KeeperState, node: NodeName, nowMs: number, limits: KeeperLimits): boolean {
  const health = state.health[node]
  return health?.process === 'running' && silentFor(health, nowMs) < limits.silentMs
}

/** The watch begins: whoever never answers from here on is silent from here on. */
export function watchedFrom(state: KeeperState, nowMs: number): KeeperState {
  const health = Object.fromEntries(
    Object.entries(state.health).map(([node, each]) => [
      node,
      {
        ...each,
        answeredAtMs: each.answeredAtMs ?? nowMs,
        acknowledgedAtMs: each.acknowledgedAtMs ?? nowMs,
      },
    ]),
  )
  return { ...state, health }
}

/**
 * The keeper's own clock stood still for itself, but not for the others: everything it has been waiting for gets that
 * time back. Without this a keeper that was starved, or stopped and continued, would take its own sleep for theirs.
 */
export function forgiven(state: KeeperState, pauseMs: number): KeeperState {
  const later = (atMs: number | null) => (atMs === null ? null : atMs + pauseMs)
  const health = Object.fromEntries(
    Object.entries(state.health).map(([node, each]) => [
      node,
      {
        ...each,
        answeredAtMs: later(each.answeredAtMs),
        acknowledgedAtMs: later(each.acknowledgedAtMs),
      },
    ]),
  )
  const { qlink } = state
  return {
    ...state,
    health,
    qlink: {
      ...qlink,
      seenAtMs: later(qlink.seenAtMs),
      heardAtMs: later(qlink.heardAtMs),
      progressAtMs: later(qlink.progressAtMs),
    },
  }
}
