import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentName, ComponentSpec } from '../../model/component-spec.js'
import type { ComponentStatus, EnvironmentStatus } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import type { KeeperState } from '../../protocol/keeper.js'
import { memoryBytesOf } from '../../sys/processes.js'
import type { Supervisor } from './supervisor.js'
import type { Observation } from './watch.js'

/** What `corelab status` shows, from what the keeper knows at this moment. */
export function describeEnvironment(input: {
  readonly plan: BootPlan
  readonly state: KeeperState
  readonly supervisor: Supervisor
  readonly observations: ReadonlyMap<NodeName, Observation>
  readonly transactionsBetween: (positions: { behind: string; ahead: string }) => number
  readonly usable: boolean
}): EnvironmentStatus {
  const { plan, state } = input
  const components = plan.components.map((spec) => describeComponent(input, spec))
  const { topology } = state
  const healthy =
    topology.master !== null &&
    components.every((component) => component.state === 'ready') &&
    topology.nodes.every((node) => node.serving)
  return {
    project: plan.project.dir,
    env: plan.env,
    profile: plan.profile.name,
    state: !input.usable ? 'starting' : healthy ? 'usable' : 'degraded',
    epoch: topology.epoch,
    topology,
    components,
    next: nextCommands(state, healthy),
  }
}

function describeComponent(
  input: Parameters<typeof describeEnvironment>[0],
  spec: ComponentSpec,
): ComponentStatus {
  const { supervisor, state } = input
  const known = supervisor.stateOf(spec.name)
  const pid = supervisor.pidOf(spec.name)
  const node = spec.kind === 'database' ? nodeOf(state.topology, spec.name as NodeName) : null
  const observation = node ? input.observations.get(node.name) : undefined
  const unreachable = observation?.answered === false && known.state === 'ready' && node?.serving
  return {
    name: spec.name,
    kind: spec.kind,
    state: unreachable ? 'degraded' : known.state,
    role: node?.role ?? null,
    endpoint: endpointOf(input.plan, spec.name),
    pid,
    memoryBytes: pid === null ? null : memoryBytesOf(pid),
    lagTransactions: node?.serving ? lagOf(input, node.name) : null,
    detail: unreachable ? observation.reason : known.detail,
  }
}

/** Transactions that a replica lacks of the master, as of the last round of probes. */
function lagOf(input: Parameters<typeof describeEnvironment>[0], node: NodeName): number | null {
  const { master } = input.state.topology
  const ahead = master === null ? undefined : input.observations.get(master)
  const behind = input.observations.get(node)
  if (node === master || !ahead?.answered || !behind?.answered) return null
  return input.transactionsBetween({ behind: behind.position, ahead: ahead.position })
}

function endpointOf(plan: BootPlan, name: ComponentName): string {
  const { ports } = plan
  const database = ports.databases[name]
  if (database) return `127.0.0.1:${database.port}`
  const port = name === 'redis' ? ports.redis : name === 'rabbitmq' ? ports.rabbitmq : ports.subsystems
  return name === 'subsystems' ? `http://127.0.0.1:${port}` : `127.0.0.1:${port}`
}

function nextCommands(state: KeeperState, healthy: boolean): string[] {
  if (state.refusal) return ['corelab logs', 'corelab up']
  if (state.topology.nodes.some((node) => node.role === 'quarantined'))
    return ['corelab up   (rebuilds the quarantined node)']
  return healthy
    ? ['corelab connect db-1', 'corelab logs --follow', 'corelab down']
    : ['corelab logs', 'corelab up']
}
