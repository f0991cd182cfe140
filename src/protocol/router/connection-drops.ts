import type { NodeName } from '../../model/node.js'
import type { Topology, TopologyNode } from '../../model/topology.js'

/** What becomes of the connections to a node. */
export interface ConnectionDrop {
  readonly kind: 'drop'
  readonly node: NodeName
  /** `cut` = drop them now, whatever runs on them; `retire` = lend none of them again, let what runs end. */
  readonly how: 'cut' | 'retire'
}

/**
 * The connections to leave when a topology follows another. A node that no longer serves is left at once: it may be
 * frozen or cut off, and no answer of it can be trusted. In a new epoch no connection of an older one is lent again; but
 * in a planned change of roles the old master goes on serving, so what still runs on it may end and hear its answer.
 */
export function dropsBetween(before: Topology | null, now: Topology): readonly ConnectionDrop[] {
  return (before?.nodes ?? []).flatMap((old): ConnectionDrop[] => {
    const node = now.nodes.find((each) => each.name === old.name)
    if (old.serving && !node?.serving) return [{ kind: 'drop', node: old.name, how: 'cut' }]
    const stays = before?.epoch === now.epoch && node !== undefined && hasSameAddress(old, node)
    return stays ? [] : [{ kind: 'drop', node: old.name, how: 'retire' }]
  })
}

function hasSameAddress({ endpoint: old }: TopologyNode, { endpoint }: TopologyNode): boolean {
  return old.socketPath === endpoint.socketPath && old.host === endpoint.host && old.port === endpoint.port
}
