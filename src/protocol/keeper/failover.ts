import { assert, present } from '../../kit/assert.js'
import type { NodeName } from '../../model/node.js'
import type { TopologyNode } from '../../model/topology.js'
import { nodeOf, nodeWithRole } from '../../model/topology.js'
import { isWell } from './judge.js'
import type { Failover, KeeperLimits, KeeperState } from './state.js'
import type { Step, StepReport, Survey } from './steps.js'
import { failoverSteps, stepAfter } from './steps.js'
import type { Surroundings } from './surroundings.js'
import { finish, perform, publish, publishEpoch, refuse } from './surroundings.js'
import { amended, chainRank, nextTopology, withNode } from './topology-change.js'

/** Closes the epoch for the routers first: they let go of the old master while it is being sealed. */
export function beginFailover(
  state: KeeperState,
  reason: string,
  around: Surroundings,
  requests: readonly number[] = [],
): KeeperState {
  const { topology } = state
  const oldMaster = topology.master ?? nodeWithRole(topology, 'master')?.name
  assert(oldMaster, 'a topology has a node with the role master')
  const nodes = withNode(topology, oldMaster, { serving: false })
  const isClosed = topology.master === null && !nodeOf(topology, oldMaster).serving
  const closed = isClosed ? state : publish(state, amended(topology, { master: null, nodes, reason }), around)
  const workflow: Failover = {
    kind: 'failover',
    oldMaster,
    reason,
    step: 'seal',
    attempt: 1,
    round: 1,
    epoch: topology.epoch + 1,
    order: [],
    requests: [...requests, ...(state.workflow?.requests ?? [])],
  }
  return performStep({ ...closed, refusal: null }, workflow, around)
}

export function onFailoverStepDone(
  state: KeeperState,
  workflow: Failover,
  report: StepReport,
  around: Surroundings,
): KeeperState {
  if (report.step === 'survey') return onSurvey(state, workflow, report.survey, around)
  const epoch = report.step === 'seal' ? Math.max(workflow.epoch, report.epoch + 1) : workflow.epoch
  const next = stepAfter(failoverSteps, report.step)
  if (next === null) return finish(state, around)
  const advanced = { ...workflow, epoch, step: next, attempt: 1 }
  return performStep(report.step === 'open' ? opened(state, workflow, around) : state, advanced, around)
}

/** The same step again, then again from the seal, then later: a failover never gives up for good. */
export function onFailoverStepFailed(
  state: KeeperState,
  workflow: Failover,
  reason: string,
  around: Surroundings,
): KeeperState {
  const { limits } = around
  if (workflow.attempt < limits.attemptsMax)
    return performStep(state, { ...workflow, attempt: workflow.attempt + 1 }, around)
  // A new master that is open stays open: only the replicas behind it are unfinished, and are wired one by one.
  if (workflow.step === 'repoint') return finish(state, around)
  return again(state, workflow, `step ${workflow.step} failed: ${reason}`, around)
}

/** A node that takes part has died. */
export function onFailoverNodeGone(
  state: KeeperState,
  workflow: Failover,
  node: NodeName,
  around: Surroundings,
): KeeperState {
  const isCandidate = workflow.order[0] === node
  if (!isCandidate || workflow.step === 'repoint') return state
  return again(state, workflow, `${node} (candidate) is gone`, around)
}

function again(state: KeeperState, workflow: Failover, reason: string, around: Surroundings): KeeperState {
  if (workflow.round >= around.limits.roundsMax) return refuse(state, reason, around)
  const anew: Failover = { ...workflow, step: 'seal', attempt: 1, round: workflow.round + 1, order: [] }
  return performStep(state, anew, around)
}

function onSurvey(
  before: KeeperState,
  workflow: Failover,
  survey: Survey,
  around: Surroundings,
): KeeperState {
  const errant = Object.entries(survey.errant).map(([node, why]) => `${node}: ${why}`)
  const held = Object.keys(survey.errant).map((node) => [node, 'held' as const])
  const state = { ...before, quarantined: { ...before.quarantined, ...Object.fromEntries(held) } }
  const order = electionOrder(state, survey)
  if (order.length === 0) {
    // With qlink's log anybody who comes back can be made whole, the old master too.
    const all = { ...state.quarantined, [workflow.oldMaster]: 'due' as const }
    const reason = ['no node is left that could take over', ...errant].join('; ')
    return refuse({ ...state, quarantined: all }, reason, around)
  }
  const step = present(stepAfter(failoverSteps, 'survey'), 'step after the survey')
  return performStep(state, { ...workflow, order, step, attempt: 1 }, around)
}

/**
 * The longest history wins, never a shorter one; of equals the one that is higher in the chain. What a node has beyond
 * qlink's log is kept: nobody was told OK about it, and nobody was told that it failed.
 */
export function electionOrder(state: KeeperState, survey: Survey): readonly NodeName[] {
  const order = state.topology.nodes
    .filter(({ name }) => survey.lacks[name] !== undefined && survey.errant[name] === undefined)
    .sort(
      (left, right) =>
        (survey.lacks[left.name] ?? 0) - (survey.lacks[right.name] ?? 0) ||
        chainRank(left) - chainRank(right),
    )
    .map((node) => node.name)
  // Of nodes out of service only the one that is needed comes back by this door.
  const [first] = order
  return first !== undefined && state.quarantined[first] === 'due' ? [first] : order
}

/** The new master is open: now it may be told. */
function opened(state: KeeperState, workflow: Failover, around: Surroundings): KeeperState {
  const { oldMaster, epoch, reason } = workflow
  // Somebody may have been found to have another history since the survey.
  const order = workflow.order.filter((name, index) => index === 0 || state.quarantined[name] !== 'held')
  const next = nextTopology({ current: state.topology, epoch, order, oldMaster, reason })
  // An errant replica serves nothing either (I4).
  const nodes = next.nodes.map((node) =>
    state.quarantined[node.name] === 'held' && !order.includes(node.name)
      ? { ...node, role: 'quarantined' as const, source: null, serving: false }
      : node,
  )
  const out = { ...state.quarantined, [oldMaster]: 'due' as const }
  const quarantined = Object.fromEntries(
    Object.entries(out).filter(([node]) => !order.includes(node as NodeName)),
  )
  return publishEpoch({ ...state, quarantined }, { ...next, nodes }, around)
}

function performStep(state: KeeperState, workflow: Failover, around: Surroundings): KeeperState {
  return perform({ ...state, workflow }, stepOf(state, workflow, around), workflow.attempt, around)
}

function stepOf(
  state: KeeperState,
  workflow: Failover,
  { nowMs, limits }: { readonly nowMs: number; readonly limits: KeeperLimits },
): Step {
  const { oldMaster, epoch, order } = workflow
  const survivors = survivorsOf(state, oldMaster, { nowMs, limits })
  const candidate = () => present(order[0], 'candidate')
  switch (workflow.step) {
    case 'seal':
      // One that was started again, because nobody else is left, is not the one that has to be ended.
      return { kind: 'seal', oldMaster, endOldMaster: state.quarantined[oldMaster] !== 'due' }
    case 'halt':
      return { kind: 'halt', nodes: survivors }
    case 'survey':
      return { kind: 'survey', nodes: survivors, oldMaster }
    case 'drain':
      return { kind: 'drain', candidate: candidate() }
    case 'attach':
      return { kind: 'attach', candidate: candidate(), epoch }
    case 'open':
      return { kind: 'open', candidate: candidate(), epoch }
    default: {
      assert(workflow.step === 'repoint', `${workflow.step} is no step of a failover`)
      return { kind: 'repoint', moves: movesOf(state.topology.nodes) }
    }
  }
}

/** Who takes part: the replicas that are well; when there is none, whoever was out of service and is there again. */
function survivorsOf(
  state: KeeperState,
  oldMaster: NodeName,
  { nowMs, limits }: { readonly nowMs: number; readonly limits: KeeperLimits },
): readonly NodeName[] {
  const well = state.topology.nodes.filter(({ name }) => isWell(state, name, nowMs, limits))
  const isReplica = ({ name, role }: TopologyNode) => name !== oldMaster && role !== 'quarantined'
  const replicas = well.filter((node) => isReplica(node) && state.quarantined[node.name] !== 'held')
  const back = well.filter(({ name }) => state.quarantined[name] === 'due')
  return (replicas.length > 0 ? replicas : back).map(({ name }) => name)
}

/** Every serving replica to its source of the present topology, nearest to the master first. */
export function movesOf(
  nodes: KeeperState['topology']['nodes'],
): readonly { node: NodeName; source: NodeName }[] {
  return [...nodes]
    .sort((left, right) => chainRank(left) - chainRank(right))
    .flatMap(({ name, source, serving }) => (serving && source !== null ? [{ node: name, source }] : []))
}
