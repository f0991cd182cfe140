import { present } from '../../kit/assert.js'
import type { Clock } from '../../kit/clock.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import { placeForReturn } from '../../protocol/keeper/topology-change.js'
import { awaitTrue, controlOf, demandChain, serverIdIn, wireReplica } from '../keeper/replication-wiring.js'
import type { RejoinTools } from './rejoin-tools.js'
import type { SourceRefusal } from './source-refusal.js'
import { refusalOf } from './source-refusal.js'

/** What came of following: whom it follows now, or why that one will not have it. */
export type Followed =
  | { readonly followed: true; readonly source: NodeName }
  | { readonly followed: false; readonly refusal: SourceRefusal; readonly error: string }

const statementLimitMs = 10_000
const sourceLimitMs = 60_000
const stillLimitMs = 60_000
const pollMs = 20
const sayEveryMs = 250
/** Somebody writes all the time: this near to the master, a replica is as good as another. */
const levelTransactions = 500
const roundsMax = 20

/**
 * Points an isolated node to its place at the end of the chain and waits until it has caught up with the master. That the
 * source accepts its position is the proof that it is a prefix: with `gtid_strict_mode` a source sends nothing to a node
 * whose last transaction is not, exactly, one of its own. Throws REPLICATION_BROKEN, DATABASE_UNREACHABLE.
 */
export async function followHistory(tools: RejoinTools, node: NodeName): Promise<Followed> {
  const topology = tools.topology()
  const { source } = placeForReturn(topology)
  const from = present(source, 'source for the return')
  const during = whileChainIs(tools, topology)
  const start = await positionOf(during, node)
  await awaitPosition(during, { node: from, position: start })
  demandChain(tools.topology())
  await takeFreshId(during, node, topology)
  demandChain(tools.topology())
  await wireReplica(during, topology, { name: node, source: from })
  const refused = await awaitAccepted(during, node)
  if (refused) return { followed: false, ...refused }
  await catchUp(during, node, present(topology.master, 'master'))
  await proveNothingSkipped(during, { node, source: from })
  return { followed: true, source: from }
}

/** The tools as they are, as long as the chain stays as it was: a change of master is not waited for. */
function whileChainIs(tools: RejoinTools, { epoch, master }: Topology): RejoinTools {
  const { clock } = tools.context
  const sleep: Clock['sleep'] = async (delayMs, signal) => {
    const now = tools.topology()
    if (now.epoch !== epoch || now.master !== master)
      throw corelabError('REJOIN_REFUSED', {
        message: 'The master changed meanwhile',
        fix: ['corelab status'],
      })
    await clock.sleep(delayMs, signal)
  }
  const watching: Clock = { wallMs: clock.wallMs, monotonicMs: clock.monotonicMs, sleep }
  return { ...tools, context: { ...tools.context, clock: watching } }
}

async function awaitPosition(
  tools: RejoinTools,
  { node, position }: { readonly node: NodeName; readonly position: string },
): Promise<void> {
  await awaitTrue(tools, {
    what: `${node} has everything up to ${position}`,
    limitMs: sourceLimitMs,
    pollMs,
    test: async () => lacks(tools, { behind: await positionOf(tools, node), ahead: position }) === 0,
  })
}

async function awaitAccepted(
  tools: RejoinTools,
  node: NodeName,
): Promise<{ readonly refusal: SourceRefusal; readonly error: string } | null> {
  let refused: { readonly refusal: SourceRefusal; readonly error: string } | null = null
  await awaitTrue(tools, {
    what: `${node}: replication runs`,
    limitMs: sourceLimitMs,
    pollMs,
    test: () =>
      controlOf(tools, node).run(statementLimitMs, async (connection) => {
        const status = await tools.dialect.replicaStatus(connection)
        const error = status?.lastError ?? null
        const refusal = error === null ? null : refusalOf(error)
        if (error !== null && refusal !== null) {
          refused = { refusal, error }
          await tools.dialect.forgetSource(connection)
          return true
        }
        if (error !== null && status?.applying === false) throw broken(node, error)
        return status?.receiving === true && status.applying
      }),
  })
  return refused
}

/** In rounds, because the master goes on: each round's goal is where the master was when it began. */
async function catchUp(tools: RejoinTools, node: NodeName, master: NodeName): Promise<void> {
  const { emit, clock, signal } = tools.context
  const step = `rejoin.${node}.follow`
  for (let round = 0; round < roundsMax; round++) {
    const goal = await positionOf(tools, master)
    const total = await behindBy(tools, node, goal)
    let left = total
    let movedMs = clock.monotonicMs()
    let saidMs = Number.NEGATIVE_INFINITY
    while (left > 0) {
      if (clock.monotonicMs() - saidMs >= sayEveryMs) {
        saidMs = clock.monotonicMs()
        emit({ kind: 'step.progress', step, done: total - left, total, unit: 'transactions' })
      }
      await clock.sleep(pollMs, signal)
      const now = await behindBy(tools, node, goal)
      if (now < left) movedMs = clock.monotonicMs()
      else if (clock.monotonicMs() - movedMs > stillLimitMs)
        throw broken(node, `it stands still, ${now} transactions behind`)
      left = now
    }
    if (total <= levelTransactions) return
  }
}

/** A replica that is not applying any more would be waited for in vain. */
async function behindBy(tools: RejoinTools, node: NodeName, goal: string): Promise<number> {
  return controlOf(tools, node).run(statementLimitMs, async (connection) => {
    const status = await tools.dialect.replicaStatus(connection)
    if (status?.applying === false && status.lastError !== null) throw broken(node, status.lastError)
    return lacks(tools, { behind: await tools.dialect.position(connection), ahead: goal })
  })
}

/**
 * A server passes over events that carry its own id, without a word, and says that it has them. What it wrote as master,
 * and lost again in its crash, would never come back. Its configuration gives it the old id at each start, and it may
 * remember its source from an attempt before this one.
 */
async function takeFreshId(tools: RejoinTools, node: NodeName, { epoch }: Topology): Promise<void> {
  await controlOf(tools, node).run(statementLimitMs, (connection) =>
    tools.dialect.setServerId(connection, serverIdIn(node, epoch)),
  )
}

/** Should a new id not be enough one day, it must be seen here: no checksum is made on the way back. */
async function proveNothingSkipped(
  tools: RejoinTools,
  { node, source }: { readonly node: NodeName; readonly source: NodeName },
): Promise<void> {
  const { dialect } = tools
  const read = (name: NodeName) =>
    controlOf(tools, name).run(statementLimitMs, (connection) => dialect.history(connection))
  const sent = await read(source)
  await awaitPosition(tools, { node, position: dialect.unionOf([sent]) })
  // Of every writer that the source knows, the node must have as much, whoever sent it and when.
  const missing = dialect.extraGtids({ replica: sent, source: await read(node) })
  if (missing.length > 0)
    throw corelabError('REPLICATION_BROKEN', {
      message: `${node} passed over ${missing.join(', ')} without applying it`,
      detail: 'It says that it has caught up, but its binlog lacks what its source has.',
      fix: [`corelab cluster rejoin ${node} --mode reclone`],
    })
}

async function positionOf(tools: RejoinTools, node: NodeName): Promise<string> {
  return controlOf(tools, node).run(statementLimitMs, (connection) => tools.dialect.position(connection))
}

function lacks(tools: RejoinTools, positions: { readonly behind: string; readonly ahead: string }): number {
  return tools.dialect.transactionsBetween(positions)
}

function broken(node: NodeName, error: string) {
  return corelabError('REPLICATION_BROKEN', {
    message: `${node} does not apply what its source sends`,
    detail: error,
    fix: [`corelab logs ${node}`, `corelab cluster rejoin ${node} --mode reclone`],
  })
}
