import { assert } from '../kit/assert.js'
import type { NodeName, Role } from './node.js'

/** How to reach a node: loopback TCP, or its unix socket (faster), and the control port that is never full. */
export interface NodeEndpoint {
  readonly host: string
  readonly port: number
  readonly socketPath: string
  /** MariaDB `extra_port` / MySQL `admin_port`, for the keeper only. */
  readonly controlPort: number
}

export interface TopologyNode {
  readonly name: NodeName
  readonly role: Role
  readonly endpoint: NodeEndpoint
  /** The node it replicates from; null for the master and for nodes out of service. */
  readonly source: NodeName | null
  /** Whether reads may go to it at all (a dead or quarantined node serves nothing). */
  readonly serving: boolean
}

/**
 * Who is who, as the keeper publishes it. One writer per epoch; `master` is null from the start of a failover
 * until the new master is open, so that routers hold writes instead of sending them to a dead or sealed node.
 */
export interface Topology {
  readonly epoch: number
  /** Grows with every publication inside an epoch, so that late messages are recognised. */
  readonly version: number
  readonly master: NodeName | null
  readonly nodes: readonly TopologyNode[]
  readonly reason: string
  /** Who takes reads of mode `any`: all of these, in turn. Absent, as in older files: {@link defaultReaders}. */
  readonly reads?: readonly ReaderKind[] | undefined
}

/** Who may serve reads: by part, not by name, since names change parts. */
export type ReaderKind = (typeof readerKinds)[number]

export const readerKinds = Object.freeze(['master', 'shadow', 'slaves'] as const)

/** The master is left to its writes. */
export const defaultReaders: readonly ReaderKind[] = Object.freeze(['shadow', 'slaves'])

/** Whether `candidate` is a later truth than `current` (I5: epochs never go back). */
export function isNewer(candidate: Topology, current: Topology | null): boolean {
  if (current === null) return true
  if (candidate.epoch !== current.epoch) return candidate.epoch > current.epoch
  return candidate.version > current.version
}

export function nodeOf(topology: Topology, name: NodeName): TopologyNode {
  const node = topology.nodes.find((each) => each.name === name)
  assert(node, `topology has no node ${name}`)
  return node
}

export function nodeWithRole(topology: Topology, role: Role): TopologyNode | null {
  return topology.nodes.find((each) => each.role === role) ?? null
}

/** The nodes that share the reads which anybody may serve, in the order of the round. A closed master is none. */
export function readersOf(topology: Topology): readonly TopologyNode[] {
  return (topology.reads ?? defaultReaders).flatMap((kind) => nodesOf(topology, kind))
}

function nodesOf(topology: Topology, kind: ReaderKind): readonly TopologyNode[] {
  if (kind === 'master') return topology.nodes.filter((node) => node.serving && node.name === topology.master)
  return replicasOf(topology).filter((node) => (node.role === 'shadow') === (kind === 'shadow'))
}

/** Every replica that serves, whoever takes the reads at the moment, in chain order. */
export function replicasOf(topology: Topology): readonly TopologyNode[] {
  return replicaRoles.flatMap((role) => topology.nodes.filter((node) => node.serving && node.role === role))
}

const replicaRoles: readonly Role[] = ['shadow', 'slave-1', 'slave-2']
