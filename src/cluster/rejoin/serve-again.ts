import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import { placeForReturn } from '../../protocol/keeper/topology-change.js'
import { wireReplica } from '../keeper/replication-wiring.js'
import type { RejoinTools } from './rejoin-tools.js'

/**
 * Gives a node that has caught up its place. The place is chosen now and not when it began to follow: another node may
 * have come back meanwhile. Throws REJOIN_REFUSED when the keeper takes nobody in, because it changes the chain.
 */
export async function serveAgain(
  tools: RejoinTools,
  { node, source }: { readonly node: NodeName; readonly source: NodeName },
): Promise<void> {
  const place = placeForReturn(tools.topology())
  const from = place.source ?? source
  await tools.tell({ kind: 'readmitted', node, role: place.role, source: from })
  if (!nodeOf(tools.topology(), node).serving)
    throw corelabError('REJOIN_REFUSED', {
      message: `${node} is ready, but the chain changed meanwhile; it is brought back when that is over`,
      fix: ['corelab status', `corelab cluster rejoin ${node}`],
    })
  // It serves what it has; only whom it follows is another one than when it began.
  if (from !== source) await wireReplica(tools, tools.topology(), { name: node, source: from })
}
