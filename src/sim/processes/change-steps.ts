import { assert } from '../../kit/assert.js'
import type { NodeName } from '../../model/node.js'
import type { Step, StepReport } from '../../protocol/keeper/steps.js'
import type { NodeStatus } from '../world/messages.js'
import type { Process } from '../world/process.js'
import { addressOf, nodeIndexOf } from './addresses.js'
import { isolate } from './isolate.js'
import {
  attachLimitMs,
  drainLimitMs,
  type KeeperTools,
  levelLimitMs,
  pollMs,
  sealPatienceMs,
  statementLimitMs,
  writeLimitMs,
} from './keeper-tools.js'
import { followingId, leadingId } from './server-ids.js'
import { mayTakePart, strayOf, survey } from './survey.js'
import { ask, demand, sleep, Trouble, type Work, whyNot } from './tasks.js'

/** Performs one step of a change of master against the model servers, as the keeper's driver does against real ones. */
export function* performStep(tools: KeeperTools, step: Step): Work<StepReport> {
  switch (step.kind) {
    case 'seal':
      return { step: 'seal', epoch: yield* seal(tools, step) }
    case 'survey':
      return { step: 'survey', survey: yield* survey(tools, step) }
    case 'halt':
      yield* halt(tools, mayTakePart(tools, step.nodes))
      break
    case 'drain':
      yield* drain(tools, step.candidate)
      break
    case 'attach':
      yield* attach(tools, step)
      break
    case 'open':
      yield* open(tools, step)
      break
    case 'repoint':
      yield* repoint(tools, step.moves)
      break
    case 'check':
      yield* check(tools, step)
      break
    case 'quiesce':
      yield* quiesce(tools, step.oldMaster)
      break
    case 'level':
      yield* level(tools, step)
      break
    case 'release':
      yield* demand(
        'done',
        tools.nodeOf(step.oldMaster),
        { kind: 'open-writes', epoch: tools.topology().epoch },
        statementLimitMs,
      )
      tools.facts.sometimes('switchover taken back')
      break
  }
  return { step: step.kind }
}

function* seal(tools: KeeperTools, step: Extract<Step, { kind: 'seal' }>): Work<number> {
  const untilMs = tools.nowMs() + sealPatienceMs
  for (;;) {
    const reply = yield* ask(tools.qlink, { kind: 'seal', term: tools.term() }, writeLimitMs)
    if (reply.kind === 'qlink-done') {
      // Only now: without qlink there is no successor, and it may be the only one that has everything (I6).
      if (step.endOldMaster) tools.aside(endProcess(tools, step.oldMaster))
      return reply.epoch
    }
    // It may just be starting: without it there is no failover.
    const mayCome = reply.kind === 'failed' && tools.nowMs() < untilMs
    if (!mayCome) throw new Trouble(`qlink does not seal: ${whyNot(reply)}`)
    yield* sleep(pollMs)
  }
}

/** Best effort: nothing waits for it. */
function* endProcess(tools: KeeperTools, node: NodeName): Work<void> {
  yield* sleep(1 + tools.random.below(30))
  tools.supervisor.kill(tools.nodeOf(node))
}

/**
 * Who does not hear this is not surveyed either. A survivor with a write under way was the candidate of a change that did
 * not come to its end: what it may still write would be nobody's, so it is started again without it.
 */
function* halt(tools: KeeperTools, nodes: readonly NodeName[]): Work<void> {
  // Whoever was just giving it a place in the old chain must not go on.
  for (const node of nodes) tools.dropLine(node)
  const replies = yield nodes.map((node) => ({
    kind: 'ask',
    to: tools.nodeOf(node),
    ask: { kind: 'halt' },
    limitMs: statementLimitMs,
  }))
  for (const [index, node] of nodes.entries()) {
    const reply = replies[index]
    if (reply?.kind === 'node-status' && reply.busy > 0) yield* isolateAgain(tools, node)
  }
}

function* isolateAgain(tools: KeeperTools, node: NodeName): Work<void> {
  try {
    tools.isolated.delete(node)
    yield* isolate(tools, node)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    tools.tell(error.message)
  }
}

function* drain(tools: KeeperTools, candidate: NodeName): Work<void> {
  const node = tools.nodeOf(candidate)
  const untilMs = tools.nowMs() + drainLimitMs
  for (;;) {
    const status = yield* demand('node-status', node, { kind: 'status' }, statementLimitMs)
    if (status.logged.position >= status.received.position) break
    if (tools.nowMs() > untilMs || status.replicationError !== null)
      throw new Trouble(`${candidate} does not apply what it has received: ${status.replicationError}`)
    yield* sleep(pollMs)
  }
  if ((yield* missingOf(tools, node)) === 0) return
  yield* demand(
    'done',
    tools.qlink,
    { kind: 'replay-onto', term: tools.term(), node: nodeIndexOf(candidate) },
    drainLimitMs,
  )
  const missing = yield* missingOf(tools, node)
  if (missing > 0) throw new Trouble(`${candidate} still lacks ${missing} transactions of qlink's log`)
}

/** By position, as one GTID per domain allows. */
function* missingOf(tools: KeeperTools, node: Process): Work<number> {
  const { end } = yield* demand('qlink-done', tools.qlink, { kind: 'log-end' }, statementLimitMs)
  const { logged } = yield* demand('node-status', node, { kind: 'status' }, statementLimitMs)
  return Math.max(0, end.transactions - logged.position)
}

export interface NewMaster {
  readonly candidate: NodeName
  readonly epoch: number
}

export function* attach(tools: KeeperTools, { candidate, epoch }: NewMaster): Work<void> {
  const node = tools.nodeOf(candidate)
  const serverId = leadingId(candidate, epoch)
  yield* demand('node-status', node, { kind: 'become-source', serverId }, statementLimitMs)
  yield* demand(
    'qlink-done',
    tools.qlink,
    { kind: 'open', term: tools.term(), epoch, leader: addressOf(candidate) },
    writeLimitMs,
  )
  const untilMs = tools.nowMs() + attachLimitMs
  for (;;) {
    const { acknowledgers } = yield* demand('node-status', node, { kind: 'status' }, statementLimitMs)
    if (acknowledgers === 1) return
    if (tools.nowMs() > untilMs) throw new Trouble(`qlink is not attached to ${candidate}`)
    yield* sleep(pollMs)
  }
}

export function* open(tools: KeeperTools, { candidate, epoch }: NewMaster): Work<void> {
  const node = tools.nodeOf(candidate)
  // From here on it may have what nobody has acknowledged.
  tools.isolated.delete(candidate)
  yield* demand('written', node, { kind: 'epoch-row', epoch }, writeLimitMs)
  yield* demand('done', node, { kind: 'open-writes', epoch }, statementLimitMs)
}

/** Wires each to its source, under an id that it has never written with. */
export function* repoint(
  tools: KeeperTools,
  moves: readonly { readonly node: NodeName; readonly source: NodeName }[],
): Work<void> {
  const { epoch } = tools.topology()
  const replies = yield moves.map(({ node, source }) => ({
    kind: 'ask',
    to: tools.nodeOf(node),
    ask: { kind: 'follow', source: nodeIndexOf(source), serverId: followingId(node, epoch) },
    limitMs: statementLimitMs,
  }))
  for (const [index, reply] of replies.entries())
    if (reply.kind !== 'done') throw new Trouble(`${moves[index]?.node} does not follow: ${whyNot(reply)}`)
  for (const { node } of moves) yield* awaitReplicating(tools, node)
}

export function* awaitReplicating(tools: KeeperTools, node: NodeName): Work<void> {
  const untilMs = tools.nowMs() + writeLimitMs
  for (;;) {
    const status = yield* demand('node-status', tools.nodeOf(node), { kind: 'status' }, statementLimitMs)
    if (status.replicationError !== null) throw new Trouble(`${node}: ${status.replicationError}`)
    if (status.receiving) return
    if (tools.nowMs() > untilMs) throw new Trouble(`${node} does not receive`)
    yield* sleep(pollMs)
  }
}

interface HandOver {
  readonly oldMaster: NodeName
  readonly candidate: NodeName
}

const lagTransactionsMax = 50

function* check(tools: KeeperTools, { oldMaster, candidate }: HandOver): Work<void> {
  const [master, replica] = yield [oldMaster, candidate].map((name) => ({
    kind: 'ask',
    to: tools.nodeOf(name),
    ask: { kind: 'status' },
    limitMs: statementLimitMs,
  }))
  if (master?.kind !== 'node-status' || replica?.kind !== 'node-status')
    throw new Trouble('one of the two does not answer')
  if (!replica.receiving || replica.replicationError !== null)
    throw new Trouble(`${candidate} does not replicate`)
  if (master.logged.position - replica.logged.position > lagTransactionsMax)
    throw new Trouble(`${candidate} lags`)
  const stray = yield* strayOf(tools, { end: replica.logged, oldMaster })
  if (stray !== null) throw new Trouble(`${candidate}: ${stray}`)
}

/** What is in flight gets a moment to end; then nothing can begin any more. */
function* quiesce(tools: KeeperTools, oldMaster: NodeName): Work<void> {
  const node = tools.nodeOf(oldMaster)
  yield* sleep(tools.random.below(80))
  yield* demand('node-status', node, { kind: 'close-writes' }, statementLimitMs)
  const untilMs = tools.nowMs() + levelLimitMs
  while ((yield* statusOf(node)).busy > 0) {
    if (tools.nowMs() > untilMs) throw new Trouble(`transactions on ${oldMaster} do not end`)
    yield* sleep(pollMs)
  }
}

function* level(tools: KeeperTools, { oldMaster, candidate }: HandOver): Work<void> {
  const { logged } = yield* statusOf(tools.nodeOf(oldMaster))
  const untilMs = tools.nowMs() + levelLimitMs
  for (;;) {
    const { end } = yield* demand('qlink-done', tools.qlink, { kind: 'log-end' }, statementLimitMs)
    const replica = yield* statusOf(tools.nodeOf(candidate))
    // As far is not enough: what somebody wrote on the candidate has a place in the sequence, too.
    const isStray =
      replica.logged.position > logged.position ||
      (replica.logged.position === logged.position && replica.logged.server !== logged.server)
    if (isStray) throw new Trouble(`${candidate} has what ${oldMaster} does not have`)
    if (end.transactions >= logged.position && replica.logged.position === logged.position) break
    if (tools.nowMs() > untilMs) throw new Trouble(`${candidate} is not level with ${oldMaster}`)
    yield* sleep(pollMs)
  }
  const after = yield* statusOf(tools.nodeOf(oldMaster))
  if (after.logged.position > logged.position)
    throw new Trouble(`${oldMaster} was written to although it is read-only`)
}

function* statusOf(node: Process): Work<NodeStatus> {
  const status = yield* demand('node-status', node, { kind: 'status' }, statementLimitMs)
  assert(status.committed <= status.logged.position, 'nothing is visible that is not in the binlog')
  return status
}
