import { corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import { recloneNode } from './reclone.js'
import type { RejoinMode, RejoinOutcome, RejoinTools } from './rejoin-tools.js'
import { returnByOwnData } from './return-by-own-data.js'

/**
 * Brings a quarantined node back, or says why it stays out. It serves again only when its history is proved to be a prefix
 * of the present one and it has caught up (I4); what it had beyond that is kept in files before anything is changed. Every
 * part may be repeated: whoever is ended in the middle of this calls it again. Throws REJOIN_REFUSED, NO_MASTER,
 * QLINK_UNREACHABLE, REPLICATION_BROKEN, PROGRAM_MISSING, COMPONENT_START_FAILED, COMPONENT_NOT_READY, CANCELLED.
 */
export async function rejoinNode(
  tools: RejoinTools,
  order: { readonly node: NodeName; readonly mode: RejoinMode },
): Promise<RejoinOutcome> {
  const { node, mode } = order
  requireMaster(tools)
  if (mode === 'reclone') requireSpareable(tools, node)
  else requireQuarantined(tools, node)
  const { emit, clock } = tools.context
  const startedMs = clock.monotonicMs()
  const title = mode === 'reclone' ? `Make ${node} anew from a slave` : `Bring ${node} back`
  const end = await asStep(
    emit,
    { step: `rejoin.${node}`, title },
    clock,
    () => (mode === 'reclone' ? reclone(tools, node) : returnByOwnData(tools, { node, mode })),
    ({ reason }) => reason ?? `${node} serves as ${nodeOf(tools.topology(), node).role}`,
  )
  return {
    schema: 'corelab/rejoin@1',
    node,
    mode,
    role: nodeOf(tools.topology(), node).role,
    durationMs: clock.monotonicMs() - startedMs,
    ...end,
  }
}

async function reclone(
  tools: RejoinTools,
  node: NodeName,
): Promise<Awaited<ReturnType<typeof returnByOwnData>>> {
  await recloneNode(tools, node)
  return { state: 'serving', extras: null, takenBack: 0, reason: null, next: [] }
}

function requireMaster(tools: RejoinTools): void {
  if (tools.topology().master !== null) return
  throw corelabError('NO_MASTER', {
    message: 'There is no master whose history a node could follow',
    fix: ['corelab status'],
  })
}

function requireQuarantined(tools: RejoinTools, node: NodeName): void {
  const { role } = nodeOf(tools.topology(), node)
  if (role === 'quarantined') return
  throw corelabError('REJOIN_REFUSED', {
    message: `${node} is not out of service: it is ${role}`,
    detail: 'Started as one that comes back, it could lose what its replicas already have.',
    fix: [
      'corelab status',
      ...(role.startsWith('slave')
        ? [`corelab cluster rejoin ${node} --mode reclone   (makes it anew)`]
        : []),
    ],
  })
}

function requireSpareable(tools: RejoinTools, node: NodeName): void {
  const { role } = nodeOf(tools.topology(), node)
  if (role !== 'master' && role !== 'shadow') return
  throw corelabError('REJOIN_REFUSED', {
    message: `${node} is the ${role}: only a slave or a node out of service can be made anew`,
    fix: ['corelab status', 'corelab cluster switchover'],
  })
}
