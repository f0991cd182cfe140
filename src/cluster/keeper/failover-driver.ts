import { reasonOf } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import { nodeOf } from '../../model/topology.js'
import type { FailoverStep, Surplus } from '../../protocol/failover.js'
import type { WiringTools } from './replication-wiring.js'
import { awaitReplicating, awaitTrue, controlOf, openMaster, wireReplica } from './replication-wiring.js'

const statementLimitMs = 2000
const drainLimitMs = 60_000

export interface FailoverTools extends WiringTools {
  /** Ends the old master's process if it is ours: best effort, off the critical path. */
  readonly endProcess: (node: NodeName) => Promise<void>
}

/**
 * Performs one step of a failover against the real servers. Each may be repeated. Returns what `compare` found;
 * throws when the step could not be done.
 */
export async function performFailoverStep(
  tools: FailoverTools,
  step: FailoverStep,
  topology: Topology,
): Promise<Surplus> {
  switch (step.kind) {
    case 'seal':
      await seal(tools, step)
      return {}
    case 'drain':
      await drain(tools, step.candidate)
      return {}
    case 'compare':
      return compare(tools, step)
    case 'open':
      await followCandidate(tools, step, topology)
      await openMaster(tools, { name: step.candidate, epoch: step.epoch })
      return {}
    case 'repoint':
      await Promise.all(step.moves.map(({ node }) => wireReplica(tools, topology, nodeOf(topology, node))))
      await Promise.all(step.moves.map(({ node }) => awaitReplicating(tools, node)))
      return {}
  }
}

async function seal(tools: FailoverTools, step: { oldMaster: NodeName; candidate: NodeName }): Promise<void> {
  // Ended at the same time, not afterwards: stopping a semi-sync replica asks its source to drop the
  // connection, and a frozen source would answer that only when the time limit is over.
  const ended = tools.endProcess(step.oldMaster).catch((error) =>
    tools.context.emit({
      kind: 'warning',
      code: 'FENCE',
      message: `${step.oldMaster}: ${reasonOf(error)}`,
    }),
  )
  // This is the fence. The candidate was the only node that acknowledged: once it stops receiving, the old
  // master cannot tell any client OK again, dead or alive.
  await controlOf(tools, step.candidate).run(statementLimitMs, (connection) =>
    tools.dialect.stopReceiving(connection),
  )
  await ended
}

async function drain(tools: FailoverTools, candidate: NodeName): Promise<void> {
  await awaitTrue(tools, {
    what: `${candidate}: everything received is applied`,
    limitMs: drainLimitMs,
    test: () =>
      controlOf(tools, candidate).run(statementLimitMs, async (connection) => {
        const status = await tools.dialect.replicaStatus(connection)
        // Repeated after a keeper restart the node may already be a source: then it has nothing to drain.
        if (!status) return true
        const applied = await tools.dialect.position(connection)
        return tools.dialect.transactionsBetween({ behind: applied, ahead: status.receivedPosition }) === 0
      }),
  })
}

async function compare(
  tools: FailoverTools,
  step: { candidate: NodeName; others: readonly NodeName[] },
): Promise<Surplus> {
  const positionOf = (node: NodeName) =>
    controlOf(tools, node).run(statementLimitMs, (connection) => tools.dialect.position(connection))
  const behind = await positionOf(step.candidate)
  const surplus: Record<string, number> = {}
  for (const node of step.others)
    surplus[node] = tools.dialect.transactionsBetween({ behind, ahead: await positionOf(node) })
  return surplus
}

/** The next shadow must already acknowledge when the candidate opens. */
async function followCandidate(
  tools: FailoverTools,
  step: { candidate: NodeName; acker: NodeName },
  topology: Topology,
): Promise<void> {
  await wireReplica(tools, topology, {
    ...nodeOf(topology, step.acker),
    role: 'shadow',
    source: step.candidate,
  })
}
