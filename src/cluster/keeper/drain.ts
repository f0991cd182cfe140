import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { awaitTrue, controlOf } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'

const statementLimitMs = 5000
const drainLimitMs = 60_000
/** One wait on the server; between two of them the step can be left off. */
const waitSliceMs = 500

/**
 * The candidate applies what it has received; what qlink has beyond that is replayed on it, with the original GTIDs
 * (I3). Throws REPLICATION_BROKEN when something is still missing afterwards.
 */
export async function drain(tools: StepTools, candidate: NodeName): Promise<void> {
  const { dialect } = tools
  const control = controlOf(tools, candidate)
  const received = await control.run(statementLimitMs, (connection) => dialect.replicaStatus(connection))
  // Repeated after a restart of the keeper the node may already be a source: then it has nothing to apply.
  if (received !== null)
    await awaitTrue(tools, {
      what: `${candidate}: everything received is applied`,
      limitMs: drainLimitMs,
      test: () =>
        control.run(statementLimitMs, (connection) =>
          dialect.waitForPosition(connection, received.receivedPosition, waitSliceMs),
        ),
    })
  if ((await missingOf(tools, candidate)) === 0) return
  await control.run(statementLimitMs, async (connection) => {
    if (received !== null) await dialect.forgetSource(connection)
    await dialect.allowReplay(connection, true)
  })
  await tools.qlink.replay({ term: tools.term(), onto: tools.addressOf('qlink', candidate) })
  await control.run(statementLimitMs, (connection) => dialect.setReadOnly(connection, true))
  const missing = await missingOf(tools, candidate)
  if (missing > 0)
    throw corelabError('REPLICATION_BROKEN', {
      message: `${candidate} still lacks ${missing} transactions of qlink's log after their replay`,
      fix: ['corelab qlink verify', `corelab logs ${candidate}`],
    })
}

async function missingOf(tools: StepTools, node: NodeName): Promise<number> {
  const { durable } = await tools.qlink.status()
  const behind = await controlOf(tools, node).run(statementLimitMs, (connection) =>
    tools.dialect.position(connection),
  )
  return tools.dialect.transactionsBetween({ behind, ahead: durable.gtid })
}
