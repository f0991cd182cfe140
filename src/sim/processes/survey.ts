import { type NodeName, serverIdOf } from '../../model/node.js'
import type { LogEnd } from '../../model/qlink.js'
import { nodeOf } from '../../model/topology.js'
import type { Step, Survey } from '../../protocol/keeper/steps.js'
import { chainRank } from '../../protocol/keeper/topology-change.js'
import { gtidOf, gtidText } from '../database/history.js'
import type { Gtid } from '../world/messages.js'
import { type KeeperTools, statementLimitMs } from './keeper-tools.js'
import { leaderOf } from './server-ids.js'
import { ask, demand, type Work } from './tasks.js'

/** How far each survivor is, by what it has received. Who does not answer, or goes on receiving, is left out. */
export function* survey(tools: KeeperTools, step: Extract<Step, { kind: 'survey' }>): Work<Survey> {
  const { end } = yield* demand('qlink-done', tools.qlink, { kind: 'log-end' }, statementLimitMs)
  const nodes = mayTakePart(tools, step.nodes)
  const replies = yield nodes.map((node) => ({
    kind: 'ask',
    to: tools.nodeOf(node),
    ask: { kind: 'status' },
    limitMs: statementLimitMs,
  }))
  const received = new Map<NodeName, Gtid>()
  const errant: Record<string, string> = {}
  for (const [index, node] of nodes.entries()) {
    const reply = replies[index]
    if (reply?.kind !== 'node-status' || reply.source !== null || reply.busy > 0) continue
    const { oldMaster } = step
    // Looked at one by one: what a node was given to apply can hide that what it has is something else.
    const stray =
      (yield* strayOf(tools, { end: reply.logged, oldMaster })) ??
      (yield* strayOf(tools, { end: reply.received, oldMaster }))
    const branch = stray === null ? yield* branchOf(tools, node, { received: reply.received, end }) : null
    if (branch === 'unknown') continue
    const why = stray ?? branch
    if (why === null) received.set(node, reply.received)
    else errant[node] = why
  }
  Object.assign(errant, yield* leaveOutRivals(tools, received, end))
  const positions = [...received.values()].map(({ position }) => position)
  const longest = Math.max(end.transactions, ...positions)
  const lacks = Object.fromEntries([...received].map(([node, { position }]) => [node, longest - position]))
  if (longest > end.transactions) tools.facts.sometimes('surplus kept')
  return { lacks, errant }
}

/**
 * Two tails can both go on from the log's end and not from each other: that of the old master, and the row of whoever
 * was to follow it. The longest is kept, as the election will have it; who has another one is no prefix of that.
 */
function* leaveOutRivals(
  tools: KeeperTools,
  received: Map<NodeName, Gtid>,
  end: LogEnd,
): Work<Readonly<Record<string, string>>> {
  const rank = (name: NodeName) => chainRank(nodeOf(tools.topology(), name))
  const [longest, ...others] = [...received]
    .filter(([, { position }]) => position > end.transactions)
    .sort(([left, has], [right, its]) => its.position - has.position || rank(left) - rank(right))
  const errant: Record<string, string> = {}
  for (const [node, gtid] of others) {
    const [elected] = longest ?? [node]
    const reply = yield* ask(tools.nodeOf(elected), { kind: 'includes', gtid }, statementLimitMs)
    if (reply.kind === 'found' && reply.present) continue
    received.delete(node)
    if (reply.kind === 'found')
      errant[node] = `${elected} has something else in the place of ${gtidText(gtid)}`
  }
  return errant
}

/** An old master that is all that is left takes part after it was started again without its tail, and not before. */
export function mayTakePart(tools: KeeperTools, nodes: readonly NodeName[]): readonly NodeName[] {
  const { nodes: known } = tools.topology()
  const isOut = (name: NodeName) =>
    known.some((node) => node.name === name && (node.role === 'master' || node.role === 'quarantined'))
  return nodes.filter((name) => !isOut(name) || tools.isolated.get(name) === tools.nodeOf(name).life)
}

/** Why a history that ends like this is none of the present one; null when it is. */
export function* strayOf(
  tools: KeeperTools,
  history: { readonly end: Gtid; readonly oldMaster: NodeName | null },
): Work<string | null> {
  const { end } = history
  const { place } = yield* demand('place', tools.qlink, { kind: 'lookup-gtid', gtid: end }, statementLimitMs)
  if (place === 'inside' || (place === 'after' && isTail(tools, history))) return null
  return `it has 0-${end.server}-${end.position}, which the others never had`
}

/**
 * Why a history that is longer than qlink's log does not go on from its end; null when it does. The tail of an old master
 * may be longer than what a successor wrote in its place: its last transaction alone does not show that.
 */
function* branchOf(
  tools: KeeperTools,
  node: NodeName,
  { received, end }: { readonly received: Gtid; readonly end: LogEnd },
): Work<string | null> {
  if (end.transactions === 0 || received.position <= end.transactions) return null
  const question = { kind: 'includes', gtid: gtidOf(end.gtid) } as const
  const reply = yield* ask(tools.nodeOf(node), question, statementLimitMs)
  if (reply.kind !== 'found') return 'unknown'
  return reply.present ? null : `it has something else in the place of ${end.gtid}`
}

/** What is beyond the log is an un-acknowledged tail: of the old master, or of whoever was to follow it and did not. */
function isTail(
  tools: KeeperTools,
  { end, oldMaster }: { readonly end: Gtid; readonly oldMaster: NodeName | null },
): boolean {
  const writer = leaderOf(end.server)
  if (writer === null) return false
  const { epoch } = tools.topology()
  return (
    writer.epoch > epoch ||
    (writer.epoch === epoch && oldMaster !== null && writer.node === serverIdOf(oldMaster))
  )
}
