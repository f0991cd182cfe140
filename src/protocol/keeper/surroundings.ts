import type { NodeName } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'
import type { KeeperEffect, KeeperLimits, KeeperState, Outcome } from './state.js'
import type { Step } from './steps.js'
import { amended } from './topology-change.js'

/** What a transition is made in: the time of its event, the limits, and the effects so far. */
export interface Surroundings {
  readonly nowMs: number
  readonly limits: KeeperLimits
  readonly effects: KeeperEffect[]
}

export function publish(state: KeeperState, topology: Topology, { effects }: Surroundings): KeeperState {
  effects.push({ kind: 'publish', topology })
  return { ...state, topology }
}

export function perform(
  state: KeeperState,
  step: Step,
  attempt: number,
  { effects }: Surroundings,
): KeeperState {
  const ticket = state.ticket + 1
  effects.push({ kind: 'perform', ticket, step, attempt })
  return { ...state, ticket }
}

/** A new epoch: its master is judged by what it does from now on. */
export function publishEpoch(state: KeeperState, topology: Topology, around: Surroundings): KeeperState {
  const { nowMs, limits } = around
  const { qlink } = state
  const health = Object.fromEntries(
    Object.entries(state.health).map(([node, each]) => [node, { ...each, acknowledgedAtMs: nowMs }]),
  )
  const fresh = {
    ...state,
    health,
    qlink: { ...qlink, heardAtMs: nowMs, progressAtMs: nowMs },
    holdDownUntilMs: nowMs + limits.holdDownMs,
  }
  return publish(fresh, topology, around)
}

/** Gives up for now; a replica that is brought back may be what is missing. */
export function refuse(state: KeeperState, reason: string, around: Surroundings): KeeperState {
  const { effects, nowMs, limits } = around
  effects.push({ kind: 'refused', reason })
  const refusal = { reason, retryAtMs: nowMs + limits.retryAfterMs }
  return settle({ ...state, refusal }, { done: false, reason }, around)
}

/** The workflow came to its end. */
export function finish(state: KeeperState, around: Surroundings): KeeperState {
  const { epoch, master } = state.topology
  return settle(state, { done: true, epoch, master }, around)
}

/** No workflow any more, however it ended: what had to wait for that is done now. */
export function settle(before: KeeperState, outcome: Outcome, around: Surroundings): KeeperState {
  answerAll(before.workflow?.requests ?? [], outcome, around)
  const state = withoutTheGone({ ...before, workflow: null }, around)
  return lookAfter(state, around)
}

/**
 * Asks for everybody who is out of service and need not be. Level-triggered: asked for again and again, since the word
 * about any one of them may have been lost with a keeper, or have come in the middle of something else.
 */
export function lookAfter(state: KeeperState, { effects, nowMs }: Surroundings): KeeperState {
  for (const { name, role, serving } of state.topology.nodes) {
    if (serving || isLeftAlone(state, name)) continue
    // An old master is one of them when nobody else is left to take over.
    if (state.quarantined[name] === 'due') effects.push({ kind: 'rejoin', node: name })
    else if (role !== 'quarantined' && role !== 'master') effects.push({ kind: 'restart', node: name })
  }
  return { ...state, lookedAfterAtMs: nowMs }
}

/** Who was given up is tried all the same while there is no master: it may be the only one that is left. */
function isLeftAlone({ health, topology }: KeeperState, node: NodeName): boolean {
  const known = health[node]
  if (known?.silent || known?.leftAlone === 'withdrawn') return true
  return known?.leftAlone === 'given-up' && topology.master !== null
}

export function answerAll(requests: readonly number[], outcome: Outcome, { effects }: Surroundings): void {
  for (const request of requests) effects.push({ kind: 'answer', request, outcome })
}

/** Replicas that died while nobody had time for them serve nothing. */
function withoutTheGone(state: KeeperState, around: Surroundings): KeeperState {
  const isGone = ({ name, role, serving }: TopologyNode) =>
    serving && role !== 'master' && state.health[name]?.process === 'gone'
  const gone = state.topology.nodes.filter(isGone)
  if (gone.length === 0) return state
  const nodes = state.topology.nodes.map((node) => (isGone(node) ? { ...node, serving: false } : node))
  const reason = `${gone.map(({ name }) => name).join(', ')} gone meanwhile`
  return publish(state, amended(state.topology, { nodes, reason }), around)
}
