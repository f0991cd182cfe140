import { assert } from '../../kit/assert.js'
import type { NodeName } from '../../model/node.js'
import { nodeWithRole } from '../../model/topology.js'
import { beginFailover, movesOf } from './failover.js'
import { isWell } from './judge.js'
import type { KeeperState, Switchover } from './state.js'
import type { Step, StepReport } from './steps.js'
import { stepAfter, switchoverSteps } from './steps.js'
import type { Surroundings } from './surroundings.js'
import { answerAll, finish, perform, publish, publishEpoch, settle } from './surroundings.js'
import { amended, chainRank, nextTopology } from './topology-change.js'

export function beginSwitchover(
  state: KeeperState,
  ask: { readonly request: number; readonly to: NodeName | null },
  around: Surroundings,
): KeeperState {
  const fit = fitness(state, ask.to, around)
  if ('refused' in fit) {
    answerAll([ask.request], { done: false, reason: fit.refused }, around)
    return state
  }
  const workflow: Switchover = {
    kind: 'switchover',
    oldMaster: fit.master,
    candidate: fit.candidate,
    reason: `planned switchover to ${fit.candidate}`,
    step: 'check',
    attempt: 1,
    epoch: state.topology.epoch + 1,
    requests: [ask.request],
  }
  return performStep(state, workflow, around)
}

export function onSwitchoverStepDone(
  state: KeeperState,
  workflow: Switchover,
  report: StepReport,
  around: Surroundings,
): KeeperState {
  if (report.step === 'release') return released(state, workflow, around)
  const epoch = report.step === 'seal' ? Math.max(workflow.epoch, report.epoch + 1) : workflow.epoch
  const next = stepAfter(switchoverSteps, report.step)
  if (next === null) return finish(state, around)
  const advanced = { ...workflow, epoch, step: next, attempt: 1 }
  if (report.step === 'check') return performStep(held(state, workflow, around), advanced, around)
  return performStep(report.step === 'open' ? opened(state, workflow, around) : state, advanced, around)
}

/** Before the seal there is a way back; after it only the way forward, which is that of a failover. */
export function onSwitchoverStepFailed(
  state: KeeperState,
  workflow: Switchover,
  reason: string,
  around: Surroundings,
): KeeperState {
  const { step } = workflow
  if (step === 'check') return settle(state, { done: false, reason }, around)
  if (step === 'quiesce' || step === 'level')
    return performStep(state, { ...workflow, reason, step: 'release', attempt: 1 }, around)
  if (workflow.attempt < around.limits.attemptsMax)
    return performStep(state, { ...workflow, attempt: workflow.attempt + 1 }, around)
  if (step === 'repoint') return finish(state, around)
  return beginFailover(state, `the switchover failed at ${step}: ${reason}`, around)
}

/** Routers hold new transactions from here on; those in flight on the old master may end there. */
function held(state: KeeperState, workflow: Switchover, around: Surroundings): KeeperState {
  return publish(state, amended(state.topology, { master: null, reason: workflow.reason }), around)
}

function released(state: KeeperState, workflow: Switchover, around: Surroundings): KeeperState {
  const { oldMaster, reason } = workflow
  const open = amended(state.topology, { master: oldMaster, reason: `no switchover: ${reason}` })
  return settle(publish(state, open, around), { done: false, reason }, around)
}

/** The old master, which lacks nothing, becomes the shadow: switching back is as short. */
function opened(state: KeeperState, workflow: Switchover, around: Surroundings): KeeperState {
  const { oldMaster, candidate, epoch, reason } = workflow
  const rest = [...state.topology.nodes]
    .sort((left, right) => chainRank(left) - chainRank(right))
    .filter(({ name, serving }) => serving && name !== oldMaster && name !== candidate)
    .map(({ name }) => name)
  const order = [candidate, oldMaster, ...rest]
  return publishEpoch(
    state,
    nextTopology({ current: state.topology, epoch, order, oldMaster, reason }),
    around,
  )
}

function fitness(
  state: KeeperState,
  to: NodeName | null,
  { nowMs, limits }: Surroundings,
): { readonly refused: string } | { readonly master: NodeName; readonly candidate: NodeName } {
  const { master, nodes } = state.topology
  if (state.workflow) return { refused: `a ${state.workflow.kind} is under way` }
  if (master === null) return { refused: 'there is no master at the moment' }
  const candidate = to ?? nodeWithRole(state.topology, 'shadow')?.name
  const node = nodes.find(({ name }) => name === candidate)
  if (!candidate || !node) return { refused: `there is no node ${to ?? 'with the role shadow'}` }
  if (candidate === master) return { refused: `${candidate} is the master already` }
  if (!node.serving) return { refused: `${candidate} (${node.role}) is out of service` }
  if (!isWell(state, candidate, nowMs, limits)) return { refused: `${candidate} does not answer` }
  if (state.qlink.seenAtMs === null) return { refused: 'qlink does not answer' }
  return { master, candidate }
}

function performStep(state: KeeperState, workflow: Switchover, around: Surroundings): KeeperState {
  return perform({ ...state, workflow }, stepOf(state, workflow), workflow.attempt, around)
}

function stepOf(state: KeeperState, { step, oldMaster, candidate, epoch }: Switchover): Step {
  switch (step) {
    case 'check':
    case 'level':
      return { kind: step, oldMaster, candidate }
    case 'quiesce':
    case 'release':
      return { kind: step, oldMaster }
    case 'seal':
      return { kind: 'seal', oldMaster, endOldMaster: false }
    case 'attach':
    case 'open':
      return { kind: step, candidate, epoch }
    default:
      assert(step === 'repoint', `${step} is no step of a switchover`)
      return { kind: 'repoint', moves: movesOf(state.topology.nodes) }
  }
}
