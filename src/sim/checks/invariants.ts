import { nodeNames } from '../../model/node.js'
import { isNewer, type Topology } from '../../model/topology.js'
import type { DatabaseNode } from '../database/database-node.js'
import type { Transactions } from '../database/transactions.js'
import type { QlinkDisk } from '../processes/qlink-disk.js'
import type { QlinkProcess } from '../processes/qlink-process.js'
import type { TopologyStore } from '../processes/topology-store.js'
import type { World } from '../world/world.js'
import type { BacklogCheck } from './backlog-check.js'
import type { Coverage } from './coverage.js'
import { EpochBook } from './epoch-book.js'
import type { Facts, Sometimes } from './facts.js'
import { PresentHistory } from './present-history.js'
import { ReadTimeline } from './read-timeline.js'

export interface InvariantsContext {
  readonly world: World
  readonly nodes: readonly DatabaseNode[]
  readonly transactions: Transactions
  readonly disk: QlinkDisk
  readonly store: TopologyStore
  readonly coverage: Coverage
  readonly qlink: QlinkProcess
  readonly backlog: BacklogCheck
}

/**
 * I1 to I6, looked at whenever something happens that could break one of them. They are stated on what is true in the
 * world (the disks, the logs), never on what a machine believes.
 */
export class Invariants implements Facts {
  readonly epochs = new EpochBook()
  readonly history: PresentHistory
  /** Nodes that have what an operator wrote on a replica, until their data is replaced. */
  readonly errantNodes = new Set<number>()
  readonly #errantTransactions = new Set<number>()
  readonly #contextOf: () => InvariantsContext
  readonly #reads: ReadTimeline
  readonly #adopted = new Map<number, Topology>()
  #published: Topology | null = null
  #epochOfRows = 0

  /** The context is asked for late, because those who are looked at know who looks at them. */
  constructor(contextOf: () => InvariantsContext, options: { readonly readLeaseUs: number }) {
    this.#contextOf = contextOf
    this.history = new PresentHistory(nodeNames.length)
    this.#reads = new ReadTimeline(options.readLeaseUs)
  }

  get #context(): InvariantsContext {
    return this.#contextOf()
  }

  /** The first epoch is open, by the hand of whoever made the environment. */
  begin(): void {
    this.#published = this.#context.store.current
    this.epochs.open(1, 0)
    this.#beginHistoryOf(0)
  }

  /** After every event: who takes writes demands acknowledgements. */
  afterEvent(): void {
    for (const { state } of this.#context.nodes)
      if (!state.readOnly && !state.semiSync)
        this.#violate('I2', `${nameOf(state.index)} takes writes and demands no acknowledgement`)
  }

  logged(node: number): void {
    if (this.#published?.master === nodeNames[node]) this.#extend(node)
  }

  committed(node: number): void {
    this.#checkPrefix(node)
  }

  toldOk(node: number, position: number): void {
    const { disk } = this.#context
    const log = this.#logOf(node)
    const isThere = disk.synced >= position && disk.log.at(position) === log.at(position)
    const { key } = this.#context.transactions.of(log.at(position))
    if (!isThere)
      this.#violate(
        'I1',
        `${nameOf(node)} tells OK for key ${key} at position ${position}; qlink's durable log ends at ${disk.synced}`,
      )
    const epoch = this.epochs.lastOf(node)
    if (epoch === null) this.#violate('I2', `${nameOf(node)} tells OK and never led an epoch`)
    else if (epoch.sealedAt !== null && position > epoch.sealedAt)
      this.#violate(
        'I2',
        `${nameOf(node)} tells OK for position ${position}; its epoch ${epoch.epoch} was sealed at ${epoch.sealedAt}`,
      )
    this.#reads.written(key, position)
  }

  openedWrites(node: number, epoch: number): void {
    const last = this.epochs.last
    if (last === null || last.sealedAt !== null || last.leader !== node || last.epoch !== epoch)
      this.#violate(
        'I6',
        `${nameOf(node)} opens for writes in epoch ${epoch}; qlink says ${last === null ? 'nothing' : `epoch ${last.epoch} of ${nameOf(last.leader)}, ${last.sealedAt === null ? 'open' : 'sealed'}`}`,
      )
    const { disk } = this.#context
    const log = this.#logOf(node)
    for (let position = 1; position <= disk.synced; position++)
      if (log.at(position) !== disk.log.at(position)) {
        this.#violate(
          'I3',
          `${nameOf(node)} opens for writes without position ${position} of qlink's log, which ends at ${disk.synced}`,
        )
        return
      }
  }

  closedWrites(_node: number): void {
    // Closing breaks nothing.
  }

  acknowledges(node: number, position: number): void {
    const { disk } = this.#context
    const last = this.epochs.last
    if (last === null || last.sealedAt !== null || last.leader !== node) {
      this.#violate('I2', `qlink acknowledges ${nameOf(node)}, which leads no open epoch`)
      return
    }
    if (last.isMuted)
      this.#violate('I2', `qlink acknowledges after the seal of epoch ${last.epoch} was asked for`)
    if (position > disk.synced)
      this.#violate('I1', `qlink acknowledges position ${position}; its durable log ends at ${disk.synced}`)
  }

  qlinkStarted(): void {
    if (this.epochs.last !== null) this.epochs.last.isMuted = false
  }

  sealAsked(epoch: number): void {
    if (this.epochs.last?.epoch === epoch) this.epochs.last.isMuted = true
  }

  sealed(epoch: number, end: number): void {
    const last = this.epochs.last
    if (last?.epoch !== epoch) {
      this.#violate('I2', `epoch ${epoch} is sealed and was never opened`)
      return
    }
    last.sealedAt = end
    this.#checkBacklog()
  }

  shadowPolled(shadow: number, seen: { readonly backlog: number | null; readonly durable: number }): void {
    this.#context.backlog.polled(shadow, seen)
  }

  opened(epoch: number, leader: number): void {
    const last = this.epochs.last
    if (last !== null && last.sealedAt === null)
      this.#violate(
        'I2',
        `epoch ${epoch} is opened while epoch ${last.epoch} of ${nameOf(last.leader)} is open`,
      )
    if (last !== null && epoch <= last.epoch)
      this.#violate('I5', `epoch ${epoch} is opened after epoch ${last.epoch}`)
    this.epochs.open(epoch, leader)
  }

  published(): void {
    const { current } = this.#context.store
    const before = this.#published
    if (!isNewer(current, before))
      this.#violate(
        'I5',
        `${current.epoch}.${current.version} is published after ${before?.epoch}.${before?.version}`,
      )
    this.#published = current
    if (current.master === null) return
    const master = nodeNames.indexOf(current.master)
    if (current.epoch !== before?.epoch) this.#beginHistoryOf(master)
    // While writes were held, what was in flight came to its end there.
    else this.#extend(master)
    this.#checkRoles(current)
    for (const index of this.#context.nodes.keys()) this.#checkPrefix(index)
  }

  adopted(router: number, topology: Topology): void {
    const before = this.#adopted.get(router) ?? null
    if (!isNewer(topology, before))
      this.#violate('I5', `router ${router} goes back to ${topology.epoch}.${topology.version}`)
    this.#adopted.set(router, topology)
  }

  routerStarted(router: number): void {
    this.#adopted.delete(router)
  }

  /** By an answer of its own, or because a look-up found its row: whatever a client has seen must be durable. */
  clientHeardOk(key: number): void {
    const { disk, transactions } = this.#context
    let position = disk.synced
    while (position > 0 && transactions.of(disk.log.at(position)).key !== key) position--
    if (position === 0)
      this.#violate('I1', `a client takes key ${key} for written, and it is not in qlink's durable log`)
    this.#reads.heard(key, this.#context.world.nowUs)
  }

  readMaster(committed: number, askedAtUs: number): void {
    const missing = this.#reads.missing(committed, askedAtUs)
    if (missing !== null)
      this.#violate(
        'reads',
        `a read from the master saw ${committed} transactions; ${missing} were acknowledged long before`,
      )
  }

  errant(node: number, transaction: number): void {
    this.#errantTransactions.add(transaction)
    this.errantNodes.add(node)
  }

  replaced(node: number): void {
    this.errantNodes.delete(node)
    this.history.doubt(node)
  }

  recovered(node: number): void {
    this.history.doubt(node)
  }

  sometimes(what: Sometimes): void {
    this.#context.coverage.note(what)
  }

  #beginHistoryOf(master: number): void {
    if (this.#logOf(master).numbers.some((number) => this.#errantTransactions.has(number)))
      this.#violate('I4', `${nameOf(master)} became master with what an operator had written on it`)
    this.history.become(this.#logOf(master))
    this.#checkEpochRows(1)
  }

  #extend(master: number): void {
    const log = this.#logOf(master)
    if (log.length < this.history.length) {
      this.#violate('I4', `${nameOf(master)} is the master and has lost a part of its history`)
      return
    }
    this.#checkEpochRows(this.history.grow(log))
  }

  #checkEpochRows(from: number): void {
    const { transactions } = this.#context
    if (from === 1) this.#epochOfRows = 0
    for (let position = from; position <= this.history.length; position++) {
      const { epoch } = transactions.of(this.history.at(position))
      if (epoch === 0) continue
      if (epoch < this.#epochOfRows)
        this.#violate('I5', `the row of epoch ${epoch} comes after that of epoch ${this.#epochOfRows}`)
      this.#epochOfRows = epoch
    }
  }

  #checkBacklog(): void {
    const { qlink, disk, nodes, backlog } = this.#context
    const { shadow, throttled } = qlink.state
    if (shadow === null) return
    const index = nodeNames.indexOf(shadow.address.node)
    const lacks = disk.synced - (nodes[index]?.state.committed ?? 0)
    const isGivenUp = shadow.backlogTransactions === null || (shadow.best !== null && !throttled)
    const violation = backlog.judge({ shadow: index, lacks, isGivenUp })
    if (violation !== null) this.#violate('I7', violation)
  }

  /** I4: whoever serves has a prefix of the present history, as far as anybody can see it. */
  #checkPrefix(node: number): void {
    const topology = this.#published
    const known = topology?.nodes[node]
    if (topology === null || topology.master === null || !known?.serving || this.errantNodes.has(node)) return
    const { state } = this.#context.nodes[node] as DatabaseNode
    if (!state.isReady) return
    const stray = this.history.firstStrayOf(node, state.log, state.committed)
    if (stray === null) return
    // What an operator wrote on its source has come here, too: it is found out, and held, like its source.
    if (this.#errantTransactions.has(state.log.at(stray))) this.errantNodes.add(node)
    else
      this.#violate(
        'I4',
        `${nameOf(node)} serves, and its position ${stray} is not that of the present history (${this.history.length} long)`,
      )
  }

  #checkRoles({ master, nodes }: Topology): void {
    const inRole = nodes.filter(({ role }) => role !== 'quarantined')
    if (new Set(inRole.map(({ role }) => role)).size !== inRole.length)
      this.#violate(
        'roles',
        `two nodes have one role: ${nodes.map(({ name, role }) => `${name} ${role}`).join(', ')}`,
      )
    const known = nodes.find(({ name }) => name === master)
    if (known?.role !== 'master' || !known.serving)
      this.#violate('roles', `${master} is the master and its role is ${known?.role}`)
  }

  #logOf(node: number): DatabaseNode['state']['log'] {
    return (this.#context.nodes[node] as DatabaseNode).state.log
  }

  #violate(invariant: string, message: string): void {
    this.#context.world.violate(invariant, message)
  }
}

function nameOf(node: number): string {
  return nodeNames[node] ?? `node ${node}`
}
