import { CorelabError, reasonOf } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import { nodeOf } from '../../model/topology.js'
import type { Step, StepReport } from '../../protocol/keeper/steps.js'
import { drain } from './drain.js'
import { checkCandidate, level, quiesce } from './hand-over.js'
import { forgottenEpoch, logLost } from './lost-log.js'
import { attachQlink, openForWrites } from './open-master.js'
import { awaitReplicating, controlOf, wireReplica } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'
import { survey } from './survey.js'

const statementLimitMs = 1000
/** A qlink that ended is there again within a second or two: it is waited for, and asked often. */
const qlinkLimitMs = 1500
const qlinkPollMs = 20

/**
 * Performs one step against the real servers. Each may be repeated. `tools.context.signal` ends a step that is of no
 * interest any more. Throws when the step could not be done.
 */
export async function performStep(tools: StepTools, step: Step, topology: Topology): Promise<StepReport> {
  switch (step.kind) {
    case 'seal':
      return { step: 'seal', epoch: await seal(tools, step, topology.epoch) }
    case 'survey':
      return { step: 'survey', survey: await survey(tools, step) }
    case 'halt':
      await halt(tools, step.nodes)
      break
    case 'drain':
      await drain(tools, step.candidate)
      break
    case 'attach':
      await attachQlink(tools, { name: step.candidate, epoch: step.epoch })
      break
    case 'open':
      await openForWrites(tools, { name: step.candidate, epoch: step.epoch })
      break
    case 'repoint':
      await repoint(tools, topology, step)
      break
    case 'check':
      await checkCandidate(tools, step)
      break
    case 'quiesce':
      await quiesce(tools, step.oldMaster)
      break
    case 'level':
      await level(tools, step)
      break
    case 'release':
      await controlOf(tools, step.oldMaster).run(statementLimitMs, (connection) =>
        tools.dialect.openWrites(connection),
      )
      break
  }
  return { step: step.kind }
}

/**
 * This is the fence: once it is durable, no client of the old master is told OK again, whatever becomes of it. Only then its
 * process is ended: without qlink there is no successor, and it may be the only one that has everything (I6).
 */
async function seal(tools: StepTools, step: Step & { kind: 'seal' }, presentEpoch: number): Promise<number> {
  const { epoch } = await sealOnceReachable(tools)
  const lost = forgottenEpoch(epoch, presentEpoch)
  if (lost !== null) throw logLost(lost)
  if (step.endOldMaster)
    tools.endProcess(step.oldMaster).catch((error) =>
      tools.context.emit({
        kind: 'warning',
        code: 'FENCE',
        message: `${step.oldMaster}: ${reasonOf(error)}`,
      }),
    )
  return epoch
}

async function sealOnceReachable({
  qlink,
  term,
  context,
}: StepTools): ReturnType<StepTools['qlink']['seal']> {
  const { clock, signal } = context
  const deadlineMs = clock.monotonicMs() + qlinkLimitMs
  for (;;) {
    try {
      return await qlink.seal({ term: term(), epoch: null })
    } catch (error) {
      const isAway = error instanceof CorelabError && error.code === 'QLINK_UNREACHABLE'
      if (!isAway || clock.monotonicMs() >= deadlineMs) throw error
    }
    await clock.sleep(qlinkPollMs, signal)
  }
}

/** A node that does not hear this is not surveyed either: see there. */
async function halt(tools: StepTools, nodes: readonly NodeName[]): Promise<void> {
  await Promise.allSettled(
    nodes.map((node) => {
      const control = controlOf(tools, node)
      // Whoever was just giving it a place in the old chain must not go on.
      control.drop()
      return control.run(statementLimitMs, async (connection) => {
        if (await tools.dialect.replicaStatus(connection)) await tools.dialect.stopReceiving(connection)
      })
    }),
  )
}

async function repoint(
  tools: StepTools,
  topology: Topology,
  step: Step & { kind: 'repoint' },
): Promise<void> {
  await Promise.all(step.moves.map(({ node }) => wireReplica(tools, topology, nodeOf(topology, node))))
  await Promise.all(step.moves.map(({ node }) => awaitReplicating(tools, node)))
}
