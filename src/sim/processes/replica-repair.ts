import type { NodeName } from '../../model/node.js'
import { nodeOf, type Topology } from '../../model/topology.js'
import type { NodeAsk, NodeStatus } from '../world/messages.js'
import { nodeIndexOf } from './addresses.js'
import { followingId } from './server-ids.js'

/** What is to be done about a replica; null = nothing. */
export type Repair =
  | { readonly kind: 'ask'; readonly ask: NodeAsk }
  | { readonly kind: 'diverged'; readonly reason: string }

/**
 * Level-triggered: compares what a replica says with what the topology says of it. Never while roles are being changed:
 * that is for the caller to see to.
 */
export function repairOf(topology: Topology, node: NodeName, status: NodeStatus): Repair | null {
  const { serving, source } = nodeOf(topology, node)
  if (!serving || source === null) return null
  if (status.replicationError !== null) return { kind: 'diverged', reason: status.replicationError }
  const index = nodeIndexOf(source)
  if (status.source !== index) {
    const serverId = followingId(node, topology.epoch)
    return { kind: 'ask', ask: { kind: 'follow', source: index, serverId } }
  }
  return status.receiving ? null : { kind: 'ask', ask: { kind: 'nudge' } }
}
