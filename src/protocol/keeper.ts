import type { NodeName } from '../model/node.js'
import type { Topology, TopologyNode } from '../model/topology.js'
import { nodeOf, nodeWithRole } from '../model/topology.js'
import type { FailoverStep, Surplus } from './failover.js'
import { failoverSteps, nextTopology } from './failover.js'

/** What the keeper believes about one database node. Plain data, as everything in this file. */
export interface NodeHealth {
  readonly process: 'running' | 'gone'
  /** Probes in a row without an answer: for the master a write that must be acknowledged, else a read. */
  readonly missesInRow: number
}

export interface FailoverProgress {
  readonly oldMaster: NodeName
  readonly survivors: readonly NodeName[]
  readonly step: FailoverStep['kind']
  readonly attempt: number
  readonly reason: string
}

export interface KeeperState {
  readonly topology: Topology
  readonly health: Readonly<Record<string, NodeHealth>>
  readonly failover: FailoverProgress | null
  /** Why there is no master and no failover under way; null while all is well. */
  readonly refusal: string | null
}

export type KeeperEvent =
  | { readonly kind: 'process-gone'; readonly node: NodeName }
  | { readonly kind: 'process-started'; readonly node: NodeName }
  | { readonly kind: 'answered'; readonly node: NodeName }
  | { readonly kind: 'missed'; readonly node: NodeName; readonly reason: string }
  /** A restarted or rebuilt replica is wired and caught up: it may serve again in `role`. */
  | {
      readonly kind: 'readmitted'
      readonly node: NodeName
      readonly role: TopologyNode['role']
      readonly source: NodeName
    }
  /** A node is taken out of service on purpose, e.g. to copy its data. */
  | { readonly kind: 'withdrawn'; readonly node: NodeName }
  | { readonly kind: 'step-done'; readonly step: FailoverStep['kind']; readonly surplus?: Surplus }
  | { readonly kind: 'step-failed'; readonly step: FailoverStep['kind']; readonly reason: string }
  /** A keeper that starts and finds no master in its durable topology goes on where the last one died. */
  | { readonly kind: 'resume' }

export type KeeperEffect =
  /** Make this topology durable, then tell everybody. Comes before the effects after it in the list. */
  | { readonly kind: 'publish'; readonly topology: Topology }
  | { readonly kind: 'perform'; readonly step: FailoverStep; readonly attempt: number }
  /** Start the node's process again as a replica of its present source. */
  | { readonly kind: 'restart'; readonly node: NodeName }
  | { readonly kind: 'refused'; readonly reason: string }

export interface KeeperStep {
  readonly state: KeeperState
  readonly effects: readonly KeeperEffect[]
}

export interface KeeperLimits {
  /** Acknowledged probe writes that may fail in a row before a running master counts as dead. */
  readonly missesMax: number
  readonly attemptsMax: number
}

export function initialKeeperState(topology: Topology): KeeperState {
  const health = Object.fromEntries(
    topology.nodes.map((node) => [node.name, { process: 'running', missesInRow: 0 } as const]),
  )
  return { topology, health, failover: null, refusal: null }
}

/**
 * The keeper's decisions: who is dead, who takes over, in which order. Pure: the same events give the same
 * effects; time is in the probes' schedule, not here.
 */
export function stepKeeper(state: KeeperState, event: KeeperEvent, limits: KeeperLimits): KeeperStep {
  switch (event.kind) {
    case 'process-gone':
      return onProcessGone(withHealth(state, event.node, { process: 'gone', missesInRow: 0 }), event.node)
    case 'process-started':
    case 'answered':
      return onHealthy(state, event.node)
    case 'missed':
      return onMissed(state, event, limits)
    case 'readmitted':
      return onReadmitted(state, event)
    case 'withdrawn':
      return withServing(state, { node: event.node, serving: false, effects: [] })
    case 'step-done':
      return onStepDone(state, event)
    case 'step-failed':
      return onStepFailed(state, event, limits)
    case 'resume':
      return state.topology.master === null && !state.failover
        ? beginFailover(state, 'resumed after a keeper restart')
        : still(state)
  }
}

function onProcessGone(state: KeeperState, node: NodeName): KeeperStep {
  const current = nodeOf(state.topology, node)
  if (current.role === 'quarantined') return still(state)
  if (node === state.topology.master) return beginFailover(state, `${node} (master) is gone`)
  // A master that was already closed stays down: started again, it would come back with its own tail (I4).
  if (current.role === 'master') return still(state)
  // During a failover no repair: a restarted node could change what the comparison saw.
  if (state.failover) return still(state)
  return withServing(state, { node, serving: false, effects: [{ kind: 'restart', node }] })
}

/** A node that comes back may be the candidate that a refused failover was waiting for. */
function onHealthy(state: KeeperState, node: NodeName): KeeperStep {
  const healthy = withHealth(state, node, { process: 'running', missesInRow: 0 })
  const cameBack = !isHealthy(state, node)
  if (cameBack && state.topology.master === null && !state.failover)
    return beginFailover(healthy, `resumed when ${node} came back`)
  return still(healthy)
}

function onMissed(
  state: KeeperState,
  event: { node: NodeName; reason: string },
  limits: KeeperLimits,
): KeeperStep {
  const known = state.health[event.node]
  if (!known || known.process === 'gone' || state.failover) return still(state)
  const missesInRow = known.missesInRow + 1
  const counted = withHealth(state, event.node, { process: 'running', missesInRow })
  if (event.node !== state.topology.master || missesInRow < limits.missesMax) return still(counted)
  // Without the node that acknowledges, the master's silence says nothing about the master.
  const shadow = nodeWithRole(counted.topology, 'shadow')
  if (!shadow || !isHealthy(counted, shadow.name)) return still(counted)
  return beginFailover(
    counted,
    `${event.node} (master) did not acknowledge ${missesInRow} probe writes: ${event.reason}`,
  )
}

function onReadmitted(
  state: KeeperState,
  event: { node: NodeName; role: TopologyNode['role']; source: NodeName },
): KeeperStep {
  const nodes = state.topology.nodes.map((node) =>
    node.name === event.node ? { ...node, role: event.role, source: event.source, serving: true } : node,
  )
  const healthy = withHealth(state, event.node, { process: 'running', missesInRow: 0 })
  return publish(healthy, { nodes, reason: `${event.node} serves again as ${event.role}` }, [])
}

function beginFailover(state: KeeperState, reason: string): KeeperStep {
  const oldMaster = state.topology.master ?? nodeWithRole(state.topology, 'master')?.name
  if (!oldMaster || state.failover) return still(state)
  const survivors = state.topology.nodes
    .filter((node) => node.name !== oldMaster && node.role !== 'quarantined' && isHealthy(state, node.name))
    .sort((left, right) => chainRank(left) - chainRank(right))
    .map((node) => node.name)
  const sealed = { ...state, refusal: null }
  // Not serving any more: clients that hang on a frozen master let go of it now, not when it is replaced.
  const nodes = state.topology.nodes.map((node) =>
    node.name === oldMaster ? { ...node, serving: false } : node,
  )
  const closed = publish(sealed, { master: null, nodes, reason }, [])
  const [candidate, acker] = survivors
  const shadow = nodeWithRole(state.topology, 'shadow')
  if (!candidate || candidate !== shadow?.name)
    return refuse(
      closed,
      `the shadow ${shadow?.name ?? ''} is not available, and only it surely holds every acknowledged write`,
    )
  if (!acker) return refuse(closed, `no replica is left that could acknowledge the writes of ${candidate}`)
  const failover: FailoverProgress = { oldMaster, survivors, step: 'seal', attempt: 1, reason }
  return performing(closed, failover)
}

function onStepDone(
  state: KeeperState,
  event: { step: FailoverStep['kind']; surplus?: Surplus },
): KeeperStep {
  const { failover } = state
  if (!failover || failover.step !== event.step) return still(state)
  const longer = Object.entries(event.surplus ?? {}).filter(([, transactions]) => transactions > 0)
  if (event.step === 'compare' && longer.length > 0) {
    const evidence = longer.map(([node, transactions]) => `${node} has ${transactions} more`).join(', ')
    return refuse({ state: state, effects: [] }, `the shadow is shorter than another node: ${evidence}`)
  }
  const next = failoverSteps[failoverSteps.indexOf(event.step) + 1]
  if (next === undefined) return still({ ...state, failover: null })
  const advanced: FailoverProgress = { ...failover, step: next, attempt: 1 }
  if (event.step !== 'open') return performing({ state, effects: [] }, advanced)
  const { oldMaster, survivors, reason } = failover
  const topology = nextTopology({ current: state.topology, oldMaster, survivors, reason })
  return performing({ state: { ...state, topology }, effects: [{ kind: 'publish', topology }] }, advanced)
}

function onStepFailed(
  state: KeeperState,
  event: { step: FailoverStep['kind']; reason: string },
  limits: KeeperLimits,
): KeeperStep {
  const { failover } = state
  if (!failover || failover.step !== event.step) return still(state)
  if (failover.attempt < limits.attemptsMax)
    return performing({ state, effects: [] }, { ...failover, attempt: failover.attempt + 1 })
  // A new master that is open stays open: only the replicas behind it are unfinished.
  if (event.step === 'repoint') return still({ ...state, failover: null })
  return refuse({ state: state, effects: [] }, `step ${event.step} failed: ${event.reason}`)
}

function performing(from: KeeperStep, failover: FailoverProgress): KeeperStep {
  const step = stepOf(from.state.topology, failover)
  return {
    state: { ...from.state, failover },
    effects: [...from.effects, { kind: 'perform', step, attempt: failover.attempt }],
  }
}

function stepOf(topology: Topology, failover: FailoverProgress): FailoverStep {
  const [candidate, acker, ...rest] = failover.survivors as [NodeName, NodeName, ...NodeName[]]
  switch (failover.step) {
    case 'seal':
      return { kind: 'seal', oldMaster: failover.oldMaster, candidate }
    case 'drain':
      return { kind: 'drain', candidate }
    case 'compare':
      return { kind: 'compare', candidate, others: [acker, ...rest] }
    case 'open':
      return { kind: 'open', candidate, acker, epoch: topology.epoch + 1 }
    case 'repoint':
      return { kind: 'repoint', moves: rest.map((node) => ({ node, source: acker })) }
  }
}

/** Gives up for now; the replicas whose processes are gone are started again, so that one may come back. */
function refuse(from: KeeperStep, reason: string): KeeperStep {
  const { topology, health } = from.state
  const restarts = topology.nodes
    .filter((node) => node.role !== 'master' && node.role !== 'quarantined')
    .filter((node) => health[node.name]?.process === 'gone')
    .map((node): KeeperEffect => ({ kind: 'restart', node: node.name }))
  return {
    state: { ...from.state, failover: null, refusal: reason },
    effects: [...from.effects, { kind: 'refused', reason }, ...restarts],
  }
}

function publish(
  state: KeeperState,
  change: Partial<Pick<Topology, 'master' | 'nodes' | 'reason'>>,
  after: readonly KeeperEffect[],
): KeeperStep {
  const topology: Topology = { ...state.topology, ...change, version: state.topology.version + 1 }
  return { state: { ...state, topology }, effects: [{ kind: 'publish', topology }, ...after] }
}

function withServing(
  state: KeeperState,
  change: { node: NodeName; serving: boolean; effects: readonly KeeperEffect[] },
): KeeperStep {
  const nodes = state.topology.nodes.map((node) =>
    node.name === change.node ? { ...node, serving: change.serving } : node,
  )
  return publish(
    state,
    { nodes, reason: `${change.node} ${change.serving ? 'serves' : 'does not serve'}` },
    change.effects,
  )
}

function withHealth(state: KeeperState, node: NodeName, health: NodeHealth): KeeperState {
  return { ...state, health: { ...state.health, [node]: health } }
}

function isHealthy(state: KeeperState, node: NodeName): boolean {
  const health = state.health[node]
  return health?.process === 'running' && health.missesInRow === 0
}

function chainRank(node: TopologyNode): number {
  return ['master', 'shadow', 'slave-1', 'slave-2', 'quarantined'].indexOf(node.role)
}

function still(state: KeeperState): KeeperStep {
  return { state, effects: [] }
}
