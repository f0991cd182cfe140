import type { NodeName } from '../model/node.js'
import type { Topology, TopologyNode } from '../model/topology.js'

/**
 * One change of master, as the driver performs it, in this order. Each step is idempotent: a keeper that died
 * in the middle starts again from the first one.
 *
 * seal    the acknowledging node stops receiving, so that the old master can tell no client OK again (I2)
 * drain   the candidate applies everything it has received (I3)
 * compare the reachable nodes say how far they are; the candidate must be the longest (never shorter, H11)
 * open    the candidate becomes a source with an acknowledging replica, writes the epoch row, takes writes
 * repoint the other replicas follow the new chain
 */
export type FailoverStep =
  | { readonly kind: 'seal'; readonly oldMaster: NodeName; readonly candidate: NodeName }
  | { readonly kind: 'drain'; readonly candidate: NodeName }
  | { readonly kind: 'compare'; readonly candidate: NodeName; readonly others: readonly NodeName[] }
  | { readonly kind: 'open'; readonly candidate: NodeName; readonly acker: NodeName; readonly epoch: number }
  | {
      readonly kind: 'repoint'
      readonly moves: readonly { readonly node: NodeName; readonly source: NodeName }[]
    }

export const failoverSteps = [
  'seal',
  'drain',
  'compare',
  'open',
  'repoint',
] as const satisfies readonly FailoverStep['kind'][]

/** What `compare` found: how many transactions each other node has that the candidate lacks. */
export type Surplus = Readonly<Record<string, number>>

/** The chain of the next epoch: first node master, second shadow, the rest slaves; the old master is out. */
export function nextTopology(input: {
  readonly current: Topology
  readonly oldMaster: NodeName
  readonly survivors: readonly NodeName[]
  readonly reason: string
}): Topology {
  const roles = ['master', 'shadow', 'slave-1', 'slave-2'] as const
  const [master, shadow] = input.survivors
  const nodes = input.current.nodes.map((node): TopologyNode => {
    const rank = input.survivors.indexOf(node.name)
    const role = rank === -1 ? undefined : roles[rank]
    if (role === undefined) {
      const role = node.name === input.oldMaster ? 'quarantined' : node.role
      return { ...node, role, source: node.name === input.oldMaster ? null : node.source, serving: false }
    }
    const source = rank === 0 ? null : rank === 1 ? master : shadow
    return { ...node, role, source: source ?? null, serving: true }
  })
  return { epoch: input.current.epoch + 1, version: 1, master: master ?? null, nodes, reason: input.reason }
}
