import type { NodeName } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'
import { nodeOf, nodeWithRole } from '../../model/topology.js'
import {
  beginFailover,
  movesOf,
  onFailoverNodeGone,
  onFailoverStepDone,
  onFailoverStepFailed,
} from './failover.js'
import { causeOfDeath, forgiven, isSilent, watchedFrom } from './judge.js'
import type {
  KeeperEffect,
  KeeperEvent,
  KeeperLimits,
  KeeperState,
  KeeperStep,
  NodeHealth,
  QlinkHealth,
  Reshape,
} from './state.js'
import type { StepReport } from './steps.js'
import type { Surroundings } from './surroundings.js'
import { answerAll, finish, lookAfter, perform, publish } from './surroundings.js'
import { beginSwitchover, onSwitchoverStepDone, onSwitchoverStepFailed } from './switchover.js'
import { amended, chainRank, freeRole, isInPlace, reshaped, withNode } from './topology-change.js'

/**
 * The keeper's decisions: who is dead, who takes over, in which order, and who comes back. Pure: the same events give
 * the same effects; times come with the events, from one monotonic clock.
 */
export function stepKeeper(before: KeeperState, event: KeeperEvent, limits: KeeperLimits): KeeperStep {
  const effects: KeeperEffect[] = []
  const state = onEvent(before, event, { nowMs: event.nowMs, limits, effects })
  return { state, effects }
}

function onEvent(state: KeeperState, event: KeeperEvent, around: Surroundings): KeeperState {
  switch (event.kind) {
    case 'process-gone':
      return onProcessGone(state, event.node, around)
    case 'given-up':
      return onGivenUp(state, event.node, around)
    case 'taken-up':
      // That try may come in the middle of a change of master, and come to nothing; then it is asked for again.
      return state.health[event.node]?.leftAlone === 'given-up'
        ? withHealth(state, event.node, { leftAlone: null })
        : state
    case 'answered':
      return onAnswered(state, event.node, around)
    case 'acknowledged':
      return withHealth(state, event.node, { acknowledgedAtMs: event.nowMs })
    case 'qlink-seen':
    case 'qlink-lost':
      return { ...state, qlink: qlinkAfter(state.qlink, event, around) }
    case 'tick':
      return onTick(state, around)
    case 'readmitted':
      return onReadmitted(state, event, around)
    case 'diverged':
      return onDiverged(state, event, around)
    case 'withdrawn': {
      if (leads(state, event.node)) return state
      const away = withHealth(state, event.node, { leftAlone: 'withdrawn' })
      const nodes = withNode(state.topology, event.node, { serving: false })
      return publish(away, amended(state.topology, { nodes, reason: `${event.node} is withdrawn` }), around)
    }
    case 'step-done':
      return event.ticket === state.ticket ? onStepDone(state, event.report, around) : state
    case 'step-failed':
      return event.ticket === state.ticket ? onStepFailed(state, event.reason, around) : state
    case 'resume':
      return onResume(state, around)
    case 'switchover-asked':
      return beginSwitchover(state, event, around)
    case 'failover-asked':
      return onFailoverAsked(state, event, around)
    case 'reads-asked': {
      const reason = `reads from ${event.from.join(', ')}`
      const next = publish(state, amended(state.topology, { reads: event.from, reason }), around)
      const { epoch, master } = next.topology
      answerAll([event.request], { done: true, epoch, master }, around)
      return next
    }
  }
}

function onResume(before: KeeperState, around: Surroundings): KeeperState {
  const state = watchedFrom(before, around.nowMs)
  if (state.workflow) return state
  return state.topology.master === null
    ? beginFailover(state, 'resumed after a restart of the keeper', around)
    : lookAfter(state, around)
}

function onProcessGone(before: KeeperState, node: NodeName, around: Surroundings): KeeperState {
  // A frozen one that died gives no answer any more that could bring it back.
  const state = withHealth(before, node, { process: 'gone', silent: false })
  const { role } = nodeOf(state.topology, node)
  if (role === 'quarantined') return state
  if (node === state.topology.master) return beginFailover(state, `${node} (master) is gone`, around)
  const { workflow } = state
  if (workflow?.kind === 'failover') return onFailoverNodeGone(state, workflow, node, around)
  if (workflow?.kind === 'switchover') return onGoneInSwitchover(state, workflow, node, around)
  // A master that was already closed stays down: started again as it is, it would bring its own tail (I4).
  if (role === 'master') return state
  const nodes = withNode(state.topology, node, { serving: false })
  const away = publish(state, amended(state.topology, { nodes, reason: `${node} (${role}) is gone` }), around)
  around.effects.push({ kind: 'restart', node })
  return away
}

function onGoneInSwitchover(
  state: KeeperState,
  workflow: Extract<KeeperState['workflow'], { kind: 'switchover' }>,
  node: NodeName,
  around: Surroundings,
): KeeperState {
  if (node === workflow.oldMaster && workflow.step !== 'repoint')
    return beginFailover(state, `${node} (master) is gone`, around)
  if (node === workflow.candidate && workflow.step !== 'repoint')
    return onSwitchoverStepFailed(
      state,
      { ...workflow, attempt: around.limits.attemptsMax },
      `${node} (candidate) is gone`,
      around,
    )
  return state
}

function onGivenUp(before: KeeperState, node: NodeName, around: Surroundings): KeeperState {
  const state = withHealth(before, node, { leftAlone: 'given-up' })
  const isShadow = nodeWithRole(state.topology, 'shadow')?.name === node
  return isShadow ? reshape(state, `${node} (shadow) is given up`, around) : state
}

/** The other replicas must not starve behind a shadow that does not come back, nor follow one that has gone astray. */
function reshape(state: KeeperState, reason: string, around: Surroundings): KeeperState {
  const { topology } = state
  if (topology.master === null || state.workflow) return state
  const order = [...topology.nodes]
    .sort((left, right) => chainRank(left) - chainRank(right))
    .filter(({ name, role, serving }) => serving && name !== topology.master && role !== 'quarantined')
    .map(({ name }) => name)
  if (order.length === 0) return state
  const next = publish(state, reshaped(topology, order, reason), around)
  const workflow: Reshape = { kind: 'reshape', step: 'repoint', attempt: 1, requests: [] }
  const moves = movesOf(next.topology.nodes)
  return perform({ ...next, workflow }, { kind: 'repoint', moves }, 1, around)
}

function onTick(before: KeeperState, around: Surroundings): KeeperState {
  const { nowMs, limits } = around
  const pauseMs = before.tickedAtMs === null ? 0 : nowMs - before.tickedAtMs
  const state = { ...(pauseMs > limits.starvedMs ? forgiven(before, pauseMs) : before), tickedAtMs: nowMs }
  // While only replicas are moved, the new master is already watched.
  if (state.workflow && state.topology.master === null) return state
  if (state.topology.master === null)
    return state.refusal && nowMs < state.refusal.retryAtMs
      ? state
      : beginFailover(state, state.refusal ? 'tried again' : 'there is no master', around)
  const cause = causeOfDeath(state, nowMs, limits)
  if (cause !== null) return beginFailover(state, cause, around)
  const heard = withoutTheSilent(state, around)
  if (heard.workflow) return heard
  const astray = followedAstray(heard.topology)
  if (astray) return reshape(heard, `${astray.name}, which others follow, is quarantined`, around)
  return nowMs - heard.lookedAfterAtMs >= limits.retryAfterMs ? lookAfter(heard, around) : heard
}

/** Reads that go to a node that does not answer would hang; the chain behind it is left as it is. */
function withoutTheSilent(state: KeeperState, around: Surroundings): KeeperState {
  const { nowMs, limits } = around
  const silent = state.topology.nodes.filter(
    ({ name, role, serving }) =>
      serving && role !== 'master' && isSilent(state.health[name], nowMs, limits.replicaSilentMs),
  )
  return silent.reduce((before, { name, role }) => {
    const nodes = withNode(before.topology, name, { serving: false })
    const reason = `${name} (${role}) does not answer`
    const marked = withHealth(before, name, { silent: true })
    return publish(marked, amended(before.topology, { nodes, reason }), around)
  }, state)
}

function onAnswered(state: KeeperState, node: NodeName, around: Surroundings): KeeperState {
  const wasSilent = state.health[node]?.silent === true
  // One that was found astray meanwhile has nobody to follow. In the middle of a change of master nobody has a place yet;
  // its end asks for everybody who does not serve.
  const hasPlace = nodeOf(state.topology, node).role !== 'quarantined'
  if (wasSilent && hasPlace && !state.workflow) around.effects.push({ kind: 'restart', node })
  return withHealth(state, node, { process: 'running', answeredAtMs: around.nowMs, silent: false })
}

function onReadmitted(
  state: KeeperState,
  event: Extract<KeeperEvent, { kind: 'readmitted' }>,
  around: Surroundings,
): KeeperState {
  const { topology } = state
  const { node, source } = event
  const role = freeRole(topology, { node, wished: event.role })
  // Wired to a chain that is being changed, or to one that became another since its return began: it is done again.
  if (state.workflow || topology.master === null || !isInPlace(topology, { node, role, source }))
    return withHealth(state, node, { leftAlone: null })
  const { [node]: _back, ...quarantined } = state.quarantined
  const well = withHealth(state, node, {
    process: 'running',
    answeredAtMs: event.nowMs,
    silent: false,
    leftAlone: null,
  })
  const nodes = withNode(state.topology, node, { role, source, serving: true })
  const reason = `${node} serves again as ${role}`
  return publish({ ...well, quarantined }, amended(state.topology, { nodes, reason }), around)
}

function onDiverged(
  state: KeeperState,
  event: { readonly node: NodeName; readonly reason: string },
  around: Surroundings,
): KeeperState {
  if (leads(state, event.node)) return state
  const nodes = withNode(state.topology, event.node, { role: 'quarantined', source: null, serving: false })
  const quarantined = { ...state.quarantined, [event.node]: 'held' as const }
  const reason = `${event.node} is quarantined: ${event.reason}`
  const known = withHealth({ ...state, quarantined }, event.node, { leftAlone: null })
  return publish(known, amended(state.topology, { nodes, reason }), around)
}

/** Whoever leads, or led last, cannot be withdrawn or go astray: the word is about the replica that it was before. */
function leads({ topology }: KeeperState, node: NodeName): boolean {
  return nodeOf(topology, node).role === 'master'
}

/** One that went astray, e.g. a shadow on which somebody wrote, and that others still follow. */
function followedAstray({ nodes }: Topology): TopologyNode | null {
  const isFollowed = (astray: TopologyNode) =>
    nodes.some(({ serving, source }) => serving && source === astray.name)
  return nodes.find((node) => node.role === 'quarantined' && isFollowed(node)) ?? null
}

function onStepDone(state: KeeperState, report: StepReport, around: Surroundings): KeeperState {
  const { workflow } = state
  if (!workflow) return state
  if (workflow.kind === 'failover') return onFailoverStepDone(state, workflow, report, around)
  if (workflow.kind === 'switchover') return onSwitchoverStepDone(state, workflow, report, around)
  return finish(state, around)
}

function onStepFailed(state: KeeperState, reason: string, around: Surroundings): KeeperState {
  const { workflow } = state
  if (!workflow) return state
  if (workflow.kind === 'failover') return onFailoverStepFailed(state, workflow, reason, around)
  if (workflow.kind === 'switchover') return onSwitchoverStepFailed(state, workflow, reason, around)
  return finish(state, around)
}

function onFailoverAsked(
  state: KeeperState,
  event: { readonly request: number; readonly reason: string },
  around: Surroundings,
): KeeperState {
  const { workflow } = state
  if (!workflow) return beginFailover(state, event.reason, around, [event.request])
  if (workflow.kind === 'failover') {
    // It is what is being done: two wishes make one change.
    return { ...state, workflow: { ...workflow, requests: [...workflow.requests, event.request] } }
  }
  answerAll([event.request], { done: false, reason: `a ${workflow.kind} is under way` }, around)
  return state
}

function qlinkAfter(
  before: QlinkHealth,
  event: Extract<KeeperEvent, { kind: 'qlink-seen' | 'qlink-lost' }>,
  { nowMs, limits }: Surroundings,
): QlinkHealth {
  if (event.kind === 'qlink-lost') return { ...before, seenAtMs: null }
  // What qlink missed while it was starved itself is no evidence against the master.
  const starved = event.loopDelayMs > limits.starvedMs || before.seenAtMs === null
  const heardAtMs = starved
    ? nowMs
    : event.heardAgoMs === null
      ? (before.heardAtMs ?? nowMs)
      : nowMs - event.heardAgoMs
  // It held everything up until now: what was waiting gets its time from here on.
  const letsGo = before.holdsBack && !event.holdsBack
  const progressed = starved || letsGo || event.bytes !== before.bytes
  return {
    seenAtMs: nowMs,
    heardAtMs,
    bytes: event.bytes,
    progressAtMs: progressed ? nowMs : before.progressAtMs,
    holdsBack: event.holdsBack,
  }
}

function withHealth(state: KeeperState, node: NodeName, change: Partial<NodeHealth>): KeeperState {
  const known: NodeHealth = state.health[node] ?? {
    process: 'running',
    answeredAtMs: null,
    acknowledgedAtMs: null,
    silent: false,
    leftAlone: null,
  }
  return { ...state, health: { ...state.health, [node]: { ...known, ...change } } }
}
