import { present } from '../../kit/assert.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf, nodeWithRole, type TopologyNode } from '../../model/topology.js'
import type { KeeperEvent } from '../../protocol/keeper/state.js'
import { placeForReturn } from '../../protocol/keeper/topology-change.js'
import { nodeIndexOf } from './addresses.js'
import { awaitReplicating } from './change-steps.js'
import { isolate, startLimitMs, startNode } from './isolate.js'
import { type KeeperTools, pollMs, statementLimitMs, writeLimitMs } from './keeper-tools.js'
import { followingId } from './server-ids.js'
import { strayOf } from './survey.js'
import { demand, sleep, Trouble, type Work } from './tasks.js'

/** What became of a node, for the keeper's machine. */
export type ReturnFact = Untimed<Extract<KeeperEvent, { kind: 'readmitted' | 'diverged' | 'withdrawn' }>>

type Untimed<T> = T extends unknown ? Omit<T, 'nowMs'> : never

export type TellFact = (fact: ReturnFact) => void

/** This near to the master, a replica is as good as any other. */
const levelTransactions = 5

/** A replica of the present chain: started if it does not run, proved to be a prefix, wired. */
export function* readmit(tools: KeeperTools, name: NodeName, tell: TellFact): Work<void> {
  // In the middle of a change of master there is no chain to join; its end asks again.
  if (tools.isBusy() || tools.topology().master === null) return
  const node = nodeOf(tools.topology(), name)
  if (node.role === 'quarantined' || node.role === 'master') return
  yield* startNode(tools, name, { truncating: false })
  const status = yield* demand('node-status', tools.nodeOf(name), { kind: 'status' }, statementLimitMs)
  // A candidate of a change that did not come to its end: what it waits for will never be acknowledged.
  if (status.busy > 0) yield* isolate(tools, name)
  const { logged } = yield* demand('node-status', tools.nodeOf(name), { kind: 'status' }, statementLimitMs)
  const stray = yield* strayOf(tools, { end: logged, oldMaster: tools.topology().master })
  if (stray !== null) return tell({ kind: 'diverged', node: name, reason: stray })
  const { source } = node
  if (source === null) throw new Trouble(`${name} has no source`)
  yield* wire(tools, name, source)
  yield* awaitReplicating(tools, name)
  tell({ kind: 'readmitted', node: name, role: node.role, source })
}

/**
 * A node out of service: what nobody acknowledged is cut where the engine can; then it must be a prefix, and follows.
 * While there is no master it waits there, by itself: it may be the only one that is left.
 */
export function* rejoin(tools: KeeperTools, name: NodeName, tell: TellFact): Work<void> {
  if (tools.isBusy()) return
  if (tools.topology().master === null) return yield* isolate(tools, name)
  if (nodeOf(tools.topology(), name).role !== 'quarantined') return
  yield* isolate(tools, name)
  const servers = tools.dataOf(name).state.log.servers()
  const { common } = yield* demand('fork', tools.qlink, { kind: 'find-fork', servers }, statementLimitMs)
  if (common < servers.length)
    return tell({
      kind: 'diverged',
      node: name,
      reason: `it has ${servers.length - common} transactions too many`,
    })
  const refusal = yield* follow(tools, name, tell)
  if (refusal !== null) tell({ kind: 'diverged', node: name, reason: refusal })
  else tools.facts.sometimes('old master rejoined')
}

/** Gives a node a copy of a slave, which is stopped meanwhile. */
export function* reclone(tools: KeeperTools, name: NodeName, tell: TellFact): Work<void> {
  const topology = tools.topology()
  const donor = (['slave-2', 'slave-1'] as const)
    .map((role) => nodeWithRole(topology, role))
    .find((each) => each?.serving && each.name !== name)
  if (!donor || tools.isBusy() || topology.master === null) throw new Trouble('there is nobody to copy from')
  const { role } = nodeOf(topology, name)
  if (role === 'master' || role === 'shadow') throw new Trouble(`${name} is the ${role}`)
  if (role !== 'quarantined') tell({ kind: 'diverged', node: name, reason: 'it is made anew' })
  const [own, theirs] = [tools.nodeOf(name), tools.nodeOf(donor.name)]
  if (!tools.supervisor.kill(own)) throw new Trouble(`${name} cannot be ended`)
  tell({ kind: 'withdrawn', node: donor.name })
  if (!tools.supervisor.kill(theirs)) throw new Trouble(`${donor.name} cannot be ended`)
  yield* sleep(200 + tools.random.below(500))
  if (tools.supervisor.isRunning(own) || tools.supervisor.isRunning(theirs))
    throw new Trouble('one of both runs')
  tools.dataOf(name).becomeCopyOf(tools.dataOf(donor.name))
  tools.facts.sometimes('node cloned anew')
  yield* putBack(tools, donor, tell)
  yield* startNode(tools, name, { truncating: false })
  const refusal = yield* follow(tools, name, tell)
  if (refusal !== null) throw new Trouble(`${name}: ${refusal}`)
}

/** The donor takes its own place again. */
function* putBack(tools: KeeperTools, donor: TopologyNode, tell: TellFact): Work<void> {
  const { name, role, source } = donor
  yield* startNode(tools, name, { truncating: false })
  yield* wire(tools, name, present(source, `source of ${name}`))
  yield* awaitReplicating(tools, name)
  tell({ kind: 'readmitted', node: name, role, source: present(source, 'source') })
}

/** Takes its place at the end of the chain and catches up; the reason if its source refuses it. */
function* follow(tools: KeeperTools, name: NodeName, tell: TellFact): Work<string | null> {
  const { role, source: from } = placeForReturn(tools.topology())
  if (from === null) throw new Trouble('there is no master any more')
  yield* wire(tools, name, from)
  const untilMs = tools.nowMs() + startLimitMs
  for (;;) {
    const own = yield* demand('node-status', tools.nodeOf(name), { kind: 'status' }, statementLimitMs)
    if (own.replicationError?.startsWith('1236')) return own.replicationError
    if (own.replicationError !== null) throw new Trouble(`${name}: ${own.replicationError}`)
    const { master } = tools.topology()
    if (master === null) throw new Trouble('there is no master any more')
    const its = yield* demand('node-status', tools.nodeOf(master), { kind: 'status' }, statementLimitMs)
    if (own.receiving && its.logged.position - own.logged.position <= levelTransactions) break
    if (tools.nowMs() > untilMs) throw new Trouble(`${name} does not catch up`)
    yield* sleep(pollMs)
  }
  tell({ kind: 'readmitted', node: name, role, source: from })
  return null
}

function* wire(tools: KeeperTools, name: NodeName, source: NodeName): Work<void> {
  if (tools.topology().master === null) throw new Trouble('there is no chain to join')
  const serverId = followingId(name, tools.topology().epoch)
  yield* demand(
    'done',
    tools.nodeOf(name),
    { kind: 'follow', source: nodeIndexOf(source), serverId },
    writeLimitMs,
  )
}
