import { basename } from 'node:path'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentName, ComponentSpec } from '../../model/component-spec.js'
import type { ComponentStatus, EnvironmentStatus } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import type { QlinkStatus } from '../../model/qlink.js'
import { nodeOf } from '../../model/topology.js'
import type { KeeperState } from '../../protocol/keeper/state.js'
import { memoryBytesOf } from '../../sys/processes.js'
import { qlinkSocketOf } from '../qlink-client.js'
import { lostLogOf, wayOutOfLostLog } from './lost-log.js'
import { isLoginRefused, wayOutOfRefusedLogin } from './refused-login.js'
import type { Supervisor } from './supervisor.js'
import type { Observation } from './watch.js'

/** What `corelab status` shows, from what the keeper knows at this moment. */
export function describeEnvironment(input: {
  readonly plan: BootPlan
  readonly state: KeeperState
  readonly supervisor: Supervisor
  readonly observations: ReadonlyMap<NodeName, Observation>
  /** Why the nodes that stay out stay out; one that serves again may still be in it. */
  readonly heldBecause: ReadonlyMap<NodeName, string>
  /** Why nodes could not come back at their last try. */
  readonly failures: ReadonlyMap<ComponentName, string>
  /** null while it does not answer. */
  readonly qlink: QlinkStatus | null
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
    problem: topology.master === null ? (state.refusal?.reason ?? null) : null,
    next: nextCommands(input, healthy),
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
  const silent = node !== null && state.health[node.name]?.silent === true
  const unreachable = observation?.answered === false && known.state === 'ready' && (node?.serving || silent)
  const stays = node === null || node.role !== 'quarantined' ? null : staysOutBecause(input, node.name)
  if (spec.name === 'qlink' && known.state === 'ready') return describeQlink(input, spec, pid)
  return {
    name: spec.name,
    kind: spec.kind,
    state: stays !== null ? 'quarantined' : unreachable ? 'degraded' : known.state,
    role: node?.role ?? null,
    endpoint: endpointOf(input.plan, spec.name),
    pid,
    memoryBytes: pid === null ? null : memoryBytesOf(pid),
    lagTransactions: node?.serving ? lagOf(input, node.name) : null,
    detail: stays ?? (unreachable ? observation.reason : known.detail),
  }
}

/** null for a node that is on its way back. */
function staysOutBecause(
  { state, heldBecause, failures }: Parameters<typeof describeEnvironment>[0],
  node: NodeName,
): string | null {
  if (state.quarantined[node] === 'held')
    return heldBecause.get(node) ?? 'its history is not that of the others'
  const failure = failures.get(node)
  return failure === undefined ? null : `its last try to come back failed: ${failure}`
}

function describeQlink(
  input: Parameters<typeof describeEnvironment>[0],
  spec: ComponentSpec,
  pid: number | null,
): ComponentStatus {
  const trouble = troubleOf(input.qlink, input.state.topology.epoch)
  return {
    name: spec.name,
    kind: spec.kind,
    state: trouble === null ? 'ready' : 'degraded',
    role: null,
    endpoint: endpointOf(input.plan, spec.name),
    pid,
    memoryBytes: pid === null ? null : memoryBytesOf(pid),
    lagTransactions: null,
    detail: trouble,
  }
}

/** Why no write is answered OK at the moment; null when nothing stands against it. */
function troubleOf(qlink: QlinkStatus | null, epoch: number): string | null {
  if (qlink === null) return 'does not answer; writes wait'
  const lost = lostLogOf(qlink, epoch)
  if (lost !== null) return `${lost}; writes wait`
  if (qlink.diskError !== null) return `cannot write its log, so writes wait: ${qlink.diskError}`
  if (qlink.phase !== 'open')
    return qlink.phase === 'sealed' ? `epoch ${qlink.epoch} is sealed` : 'no epoch yet'
  if (qlink.link.state !== 'receiving')
    return `not connected to ${qlink.leader?.node ?? 'the master'}, so writes wait: ${qlink.link.error ?? qlink.link.state}`
  return qlink.throttled ? 'holds acknowledgements back until the shadow has caught up' : null
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
  // In the environment's own folder for sockets: the whole path would not fit into a table.
  if (name === 'qlink') return `unix:${basename(qlinkSocketOf(plan.socketDir))}`
  if (name === 'network') return `unix:${basename(plan.network?.apiSocket ?? '')}`
  const port = name === 'redis' ? ports.redis : name === 'rabbitmq' ? ports.rabbitmq : ports.subsystems
  return name === 'subsystems' ? `http://127.0.0.1:${port}` : `127.0.0.1:${port}`
}

function nextCommands(
  { state, qlink, failures }: Parameters<typeof describeEnvironment>[0],
  healthy: boolean,
): string[] {
  if (qlink !== null && lostLogOf(qlink, state.topology.epoch) !== null)
    return ['corelab qlink verify', wayOutOfLostLog]
  if (qlink !== null && isLoginRefused(qlink)) return [...wayOutOfRefusedLogin]
  if (state.refusal) return ['corelab logs', 'corelab up']
  const held = state.topology.nodes.find((node) => state.quarantined[node.name] === 'held')
  if (held) return [`corelab cluster rejoin ${held.name} --mode inspect`]
  const failed = state.topology.nodes.find(({ name, role }) => role === 'quarantined' && failures.has(name))
  if (failed)
    return ['inspect', 'reclone'].map((mode) => `corelab cluster rejoin ${failed.name} --mode ${mode}`)
  return healthy
    ? ['corelab connect db-1', 'corelab logs --follow', 'corelab down']
    : ['corelab logs', 'corelab up']
}
