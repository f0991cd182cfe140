import { isNewer } from '../../model/topology.js'
import { dropsBetween } from './connection-drops.js'
import { afterFinding, findNode, leaseNeedsRenewal, sendTo } from './find-node.js'
import { hold, holdBounced, isDue, releaseHeld } from './held-queue.js'
import { withBenched, withLag, withTopology } from './reader-book.js'
import type { Asking, RouterEvent, RouterLimits, RouterState, RouterStep } from './state.js'
import type { HeldRequest } from './wish.js'

/**
 * Where a data source sends its work. Pure and serialisable: a driver performs the effects and reports what
 * happened as events, which carry the time.
 *
 * - The newest topology wins (epoch, then version); an older one is ignored (I5).
 * - A write, or a read that asks for the master, goes to the present master only. While there is none it is held in
 *   order, up to its deadline, instead of being failed: in a failover as in a planned change of roles.
 * - Nothing goes to a master that nobody has confirmed for `leaseMs`: a client that was stopped or cut off looks again
 *   before it believes what it knew (see `readLeaseMs`).
 * - Other reads go round the readers that are fit for them, else to the master.
 */
export function stepRouter(state: RouterState, event: RouterEvent, limits: RouterLimits): RouterStep {
  switch (event.kind) {
    case 'topology':
      return onTopology(state, event, limits)
    case 'ask':
      return place(state, event, limits)
    case 'bounced':
      return onBounced(state, event, limits)
    case 'lag':
      return still({ ...state, readers: withLag(state.readers, event, limits) })
    case 'withdrawn':
      return still({ ...state, held: state.held.filter((each) => each.request !== event.request) })
    case 'tick':
      return releaseHeld(still(state), event.nowMs, (each) => isDue(each, event.nowMs), limits)
  }
}

function onTopology(
  state: RouterState,
  event: RouterEvent & { readonly kind: 'topology' },
  limits: RouterLimits,
): RouterStep {
  const { topology, nowMs } = event
  const confirmedAtMs = laterOf(state.confirmedAtMs, event.confirmedAtMs ?? null)
  if (isNewer(topology, state.topology)) {
    const newEpoch = topology.epoch !== state.topology?.epoch
    const adopted: RouterStep = {
      state: { ...state, topology, confirmedAtMs, readers: withTopology(state.readers, topology) },
      effects: [{ kind: 'adopted', topology, newEpoch }, ...dropsBetween(state.topology, topology)],
    }
    return releaseHeld(adopted, nowMs, () => true, limits)
  }
  const isOlder = state.topology !== null && isNewer(state.topology, topology)
  if (isOlder || confirmedAtMs === state.confirmedAtMs) return still(state)
  const waitsForIt = (each: HeldRequest) => each.waitsFor === 'truth'
  return releaseHeld(still({ ...state, confirmedAtMs }), nowMs, waitsForIt, limits)
}

/** A newer topology keeps an earlier confirmation: at that time it was not there yet, so nothing newer was. */
function laterOf(known: number | null, told: number | null): number | null {
  return known === null || told === null ? (known ?? told) : Math.max(known, told)
}

function onBounced(
  state: RouterState,
  event: RouterEvent & { readonly kind: 'bounced' },
  limits: RouterLimits,
): RouterStep {
  const isCurrent = state.topology?.epoch === event.epoch
  const benches = isCurrent && event.mode !== 'master'
  const after = benches ? { ...state, readers: withBenched(state.readers, event, limits) } : state
  const found = findNode(after, event, limits)
  const sameAgain = isCurrent && found.kind === 'node' && found.node === event.node
  return sameAgain ? holdBounced(after, event, limits) : place(after, event, limits)
}

function place(state: RouterState, wish: Asking, limits: RouterLimits): RouterStep {
  const found = findNode(state, wish, limits)
  if (found.kind === 'wait') return hold(state, wish, found, limits)
  const sent = sendTo(found, wish, state)
  const renews = found.as === 'master' && leaseNeedsRenewal(state, wish.nowMs, limits)
  return { state: afterFinding(state, found), effects: renews ? [sent, { kind: 'resolve' }] : [sent] }
}

function still(state: RouterState): RouterStep {
  return { state, effects: [] }
}
