import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { pathsOf, readLiveProcesses } from '../../cluster/environment-store.js'
import type { NetworkClient } from '../../cluster/network-client.js'
import type { QlinkClient } from '../../cluster/qlink-client.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { Drill, DrillNode, DrillProcess } from '../../model/drill.js'
import type { EdgePattern, EdgeReport } from '../../model/drill-fault.js'
import type { NodeName } from '../../model/node.js'
import type { ProcessRecord } from '../../model/process-record.js'
import type { Topology } from '../../model/topology.js'
import { nodeWithRole } from '../../model/topology.js'
import { readJsonFile } from '../../sys/files.js'
import type { FaultLog } from '../nemesis/fault-log.js'
import type { KeeperRecord } from '../stage/keeper-record.js'
import type { RunClock } from '../stage/run-clock.js'
import type { WriteLoad } from '../stage/write-load.js'

/** A master that was struck: who it was, and until when it was one. */
export interface Victim {
  readonly node: NodeName
  readonly epoch: number
  readonly atMs: number
}

/** Everything that the steps of a schedule work with, and what they leave for the judgement. */
export interface DrillRun {
  readonly drill: Drill
  readonly ref: EnvironmentRef
  readonly plan: BootPlan
  readonly endpoints: Endpoints
  readonly context: Context
  readonly clock: RunClock
  readonly record: KeeperRecord
  readonly load: WriteLoad
  readonly faults: FaultLog
  /** null in an environment without a fault proxy. */
  readonly network: NetworkClient | null
  /** null in a core without qlink. */
  readonly qlink: QlinkClient | null
  /** Where the evidence goes. */
  readonly reportDir: string
  /** 1, or less with `--quick`: what the lengths of a schedule are multiplied with. */
  readonly pace: number
  /** Masters that were struck, the last one at the end. */
  readonly victims: Victim[]
  /** Sessions that hold something, by name. */
  readonly sessions: Map<string, SqlConnection>
  /** Verdicts that a step reached by itself. */
  readonly claims: CheckVerdict[]
  /** Edges that are broken at the moment. */
  broken: readonly BrokenEdges[]
  /** Sessions that use up a node's connections. */
  hoard: SqlConnection[]
  /** Groups of clients that stay with one node. */
  loyalGroups: number
  /** The length of the keeper's record when it was told to hold; null when it never was. */
  holdsFrom: number | null
  /** The epoch when the last fault began. */
  epochAtFault: number
}

export interface BrokenEdges {
  /** Of its window in the fault log. */
  readonly key: string
  readonly edges: readonly EdgePattern[]
  /** As the proxy counted before. */
  readonly before: readonly EdgeReport[]
}

/** The keeper's durable truth, now. */
export async function topologyNow(run: DrillRun): Promise<Topology> {
  const topology = await readJsonFile<Topology>(pathsOf(run.ref).topologyFile)
  if (!topology) throw corelabError('NO_MASTER', { message: 'There is no topology: the core never ran' })
  return topology
}

/** Who has a role at the moment. Throws DRILL_TARGET_MISSING when nobody has it. */
export async function nodeNow(run: DrillRun, role: DrillNode): Promise<NodeName> {
  if (role === 'victim') return present(run.victims.at(-1), 'victim of an earlier step').node
  const topology = await topologyNow(run)
  const node = role === 'master' ? topology.master : null
  const name = node ?? nodeWithRole(topology, role)?.name
  if (!name)
    throw corelabError('DRILL_TARGET_MISSING', {
      message: `Nobody is ${role} at the moment (epoch ${topology.epoch}: ${topology.reason})`,
      fix: ['corelab status'],
    })
  return name
}

/** The process behind a name of a schedule, and how to call it. Throws DRILL_TARGET_MISSING when it does not run. */
export async function processNow(
  run: DrillRun,
  target: DrillProcess,
): Promise<{ readonly component: string; readonly record: ProcessRecord }> {
  const component = target === 'keeper' || target === 'qlink' ? target : await nodeNow(run, target)
  const live = await readLiveProcesses(run.ref)
  const record = component === 'keeper' ? live.keeper : live.components[component]
  if (!record)
    throw corelabError('DRILL_TARGET_MISSING', {
      message: `${component} does not run, so that nothing can be done to it`,
      fix: ['corelab status'],
    })
  return { component, record }
}

/** Where a node really listens, past any proxy. */
export function endpointOf(run: Pick<DrillRun, 'plan'>, node: NodeName) {
  return present(
    run.plan.nodes.find(({ name }) => name === node),
    `node ${node} in the plan`,
  ).endpoint
}
