import type { NodeName } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'

/** A later version of the same epoch. */
export function amended(
  topology: Topology,
  change: Partial<Pick<Topology, 'master' | 'nodes' | 'reason' | 'reads'>>,
): Topology {
  return { ...topology, ...change, version: topology.version + 1 }
}

/**
 * The chain of the next epoch: first of the order master, second shadow, the rest slaves of the shadow. Who is not in
 * the order, and was the master, is out of service; the others keep what they are, and do not serve.
 */
export function nextTopology(input: {
  readonly current: Topology
  readonly epoch: number
  readonly order: readonly NodeName[]
  readonly oldMaster: NodeName
  readonly reason: string
}): Topology {
  const { current, epoch, order, oldMaster, reason } = input
  const nodes = current.nodes.map(
    (node): TopologyNode =>
      node.name === oldMaster && !order.includes(oldMaster)
        ? { ...node, role: 'quarantined', source: null, serving: false }
        : node,
  )
  return { ...current, epoch, version: 1, master: order[0] ?? null, nodes: chained(nodes, order), reason }
}

/** The same master with its replicas in another order: the first of `order` becomes shadow. */
export function reshaped(topology: Topology, order: readonly NodeName[], reason: string): Topology {
  const { master } = topology
  if (master === null) return topology
  return amended(topology, { nodes: chained(topology.nodes, [master, ...order]), reason })
}

export function withNode(
  topology: Topology,
  name: NodeName,
  change: Partial<Pick<TopologyNode, 'role' | 'source' | 'serving'>>,
): readonly TopologyNode[] {
  return topology.nodes.map((node) => (node.name === name ? { ...node, ...change } : node))
}

/** The place for a node that comes back: the first that nobody has, behind everybody who is there. */
export function placeForReturn(topology: Topology): {
  readonly role: TopologyNode['role']
  readonly source: NodeName | null
} {
  const taken = topology.nodes.filter((node) => node.role !== 'quarantined').map((node) => node.role)
  const role = chainRoles.find((each) => !taken.includes(each)) ?? 'slave-2'
  const shadow = topology.nodes.find((node) => node.role === 'shadow' && node.serving)
  return { role, source: role === 'shadow' ? topology.master : (shadow?.name ?? topology.master) }
}

/** The role that a node gets on its return: the one it was wired for, unless somebody else has it by now. */
export function freeRole(
  topology: Topology,
  { node, wished }: { readonly node: NodeName; readonly wished: TopologyNode['role'] },
): TopologyNode['role'] {
  const others = topology.nodes.filter(({ name }) => name !== node)
  const isTaken = wished === 'master' || others.some(({ role }) => role === wished)
  return isTaken ? placeForReturn({ ...topology, nodes: others }).role : wished
}

/**
 * Whether a replica that follows `source` stands where its role has its place: the shadow behind the master, everybody else
 * behind the shadow, or behind the master. Otherwise two that were wired to different chains could follow each other.
 */
export function isInPlace(
  topology: Topology,
  replica: { readonly node: NodeName; readonly role: TopologyNode['role']; readonly source: NodeName },
): boolean {
  const { node, role, source } = replica
  if (node === topology.master || node === source) return false
  if (source === topology.master) return true
  return role !== 'shadow' && topology.nodes.some((each) => each.name === source && each.role === 'shadow')
}

/** Master first, quarantined last. */
export function chainRank(node: TopologyNode): number {
  return node.role === 'quarantined' ? chainRoles.length : chainRoles.indexOf(node.role)
}

const chainRoles = ['master', 'shadow', 'slave-1', 'slave-2'] as const

/** Replicas that are away get the places behind those that are there: each place is held once. */
function chained(nodes: readonly TopologyNode[], order: readonly NodeName[]): readonly TopologyNode[] {
  const away = nodes
    .filter((node) => node.role !== 'quarantined' && !order.includes(node.name))
    .sort((left, right) => chainRank(left) - chainRank(right))
    .map((node) => node.name)
  const places = [...order, ...away]
  return nodes.map((node): TopologyNode => {
    const rank = places.indexOf(node.name)
    if (rank === -1) return node
    const [master, shadow = master] = order
    const source = rank === 0 ? null : rank === 1 ? master : shadow
    return {
      ...node,
      role: chainRoles[rank] ?? 'slave-2',
      source: source ?? null,
      serving: order.includes(node.name),
    }
  })
}
