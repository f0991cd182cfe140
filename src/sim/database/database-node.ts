import { unreachable } from '../../kit/assert.js'
import type { Answer, Failed, NodeAsk, NodeStatus, Push, StreamMessage } from '../world/messages.js'
import { connectionRefused } from '../world/network.js'
import type { Actor, Connection, Ending, Exchange, Process } from '../world/process.js'
import { CommitPath } from './commit-path.js'
import { DumpThreads } from './dump-threads.js'
import { gtidText } from './history.js'
import { type NodeContext, NodeState, serverIdOf } from './node-state.js'
import { ReplicaThreads } from './replica-threads.js'

const readyCode = 6
/** So many of its last engine commits may have been in the log buffer of the server only. */
const unflushedCommitsMax = 3

/**
 * A MariaDB server, as far as replication goes: binlog, lossless semi-synchronous source, dump threads, replica
 * threads, read_only, and the two ways to recover from a crash. Not modelled: rows, locks other than that of one key,
 * schema changes, purged logs.
 */
export class DatabaseNode implements Actor {
  readonly state: NodeState
  readonly replica: ReplicaThreads
  readonly #commits: CommitPath
  readonly #dumps: DumpThreads

  constructor(index: number, process: () => Process, context: NodeContext) {
    this.state = new NodeState(index, process, context)
    const onLogged = () => this.#onLogged()
    this.#commits = new CommitPath(this.state, onLogged)
    this.#dumps = new DumpThreads(this.state, (position) => this.#commits.acknowledged(position))
    this.replica = new ReplicaThreads(this.state, onLogged)
  }

  started(): void {
    const { world, speeds, random } = this.state.context
    world.timer(this.state.process(), speeds.recoveryUs + random.below(speeds.recoveryUs), readyCode)
  }

  ended(_how: Ending): void {
    const { state } = this
    this.#commits.reset()
    this.#dumps.reset()
    this.replica.reset()
    if (!state.readOnly) state.context.facts.closedWrites(state.index)
    state.isReady = false
    state.readOnly = true
    state.semiSync = false
    state.id = serverIdOf(state.index)
    // The engine need not have synced its last commits: at recovery the binlog decides, or the cut.
    state.committed = Math.max(0, state.committed - state.context.random.below(unflushedCommitsMax + 1))
  }

  timer(code: number, arg: number): void {
    if (code === readyCode) {
      if (!this.state.isReady) this.recover()
    } else if (!this.#commits.timer(code, arg) && !this.#dumps.timer(code)) this.replica.timer(code)
  }

  asked(exchange: Exchange): void {
    const { network } = this.state.context
    if (!this.state.isReady) {
      network.answer(exchange, connectionRefused)
      return
    }
    const ask = exchange.ask as NodeAsk
    if (this.state.isClosed && isOfClient(ask)) {
      network.answer(exchange, connectionRefused)
      return
    }
    const answer = this.#answerTo(exchange, isLeftOff(exchange) && ask.kind === 'follow' ? endAuthority : ask)
    if (answer !== null) network.answer(exchange, answer)
  }

  answered(): void {
    // A database server asks nobody.
  }

  connected(connection: Connection): void {
    if (this.state.isReady) this.#dumps.connected(connection)
    else this.state.context.network.close(connection, this.state.process())
  }

  received(connection: Connection, message: StreamMessage): void {
    if (connection.server === this.state.process()) this.#dumps.received(connection, message)
    else this.replica.received(connection, message)
  }

  closed(connection: Connection): void {
    if (connection.server === this.state.process()) this.#dumps.closed(connection)
    else this.replica.closed(connection)
  }

  pushed(_push: Push): void {
    // Nobody pushes to a database server.
  }

  /** What a server does before it answers: the tail that was never committed in the engine is committed, or cut. */
  recover(): void {
    const { state } = this
    const { facts } = state.context
    const tail = state.log.length - state.committed
    if (tail > 0)
      facts.sometimes(
        state.startTruncating
          ? 'un-acknowledged tail truncated'
          : 'un-acknowledged tail committed by recovery',
      )
    if (state.startTruncating) state.log.cut(state.committed)
    state.tell(
      `is up with ${gtidText(state.log.gtidAt(state.log.length)) || 'nothing'}${tailWord(tail, state.startTruncating)}`,
    )
    state.startTruncating = false
    state.keys.clear()
    state.committed = 0
    state.isReady = true
    facts.recovered(state.index)
    facts.logged(state.index)
    state.commitTo(state.log.length)
  }

  /** An operator with enough privileges writes here, whatever the node is. */
  writeErrant(): void {
    const { state } = this
    const { transactions, facts } = state.context
    state.log.append(transactions.add({ server: state.id, key: 0, epoch: 0 }))
    state.tell(`an operator writes ${gtidText(state.log.gtidAt(state.log.length))} here`)
    facts.errant(state.index, state.log.at(state.log.length))
    this.#onLogged()
    state.commitTo(state.log.length)
  }

  /** Its data folder becomes a copy of another's; the process must be down. */
  becomeCopyOf(other: DatabaseNode): void {
    const { log, committed } = other.state
    this.state.log.replaceBy(log.numbers.slice(0, committed))
    this.state.committed = this.state.log.length
    this.state.startTruncating = false
    this.state.context.facts.replaced(this.state.index)
  }

  /** As a new environment has it at its start. */
  bootAs(role: 'master' | { readonly source: number }, serverId: number): void {
    this.recover()
    this.state.id = serverId
    if (role !== 'master') {
      this.replica.follow(role.source)
      return
    }
    this.state.semiSync = true
    this.#openWrites(1)
  }

  #answerTo(exchange: Exchange, ask: NodeAsk): Answer | null {
    const { state } = this
    switch (ask.kind) {
      case 'write':
        this.#commits.write(exchange, { key: ask.key, epoch: 0 })
        return null
      case 'probe-write':
        this.#commits.write(exchange, { key: 0, epoch: 0 })
        return null
      case 'epoch-row':
        this.#commits.write(exchange, { key: 0, epoch: ask.epoch })
        return null
      case 'read':
        return { kind: 'rows', committed: state.committed }
      case 'lookup':
        return { kind: 'found', present: state.keys.has(ask.key) }
      case 'status':
        return this.#status()
      case 'includes':
        return { kind: 'found', present: this.replica.includes(ask.gtid) }
      case 'halt':
        return this.#halt()
      case 'become-source':
        this.#closeWrites()
        this.replica.forget()
        state.semiSync = true
        state.id = ask.serverId
        return this.#status()
      case 'open-writes':
        this.#openWrites(ask.epoch)
        return { kind: 'done' }
      case 'close-writes':
        this.#closeWrites()
        return this.#status()
      case 'end-authority':
        if (this.#commits.busy > 0) return writesUnderWay
        this.#closeWrites()
        state.semiSync = false
        return { kind: 'done' }
      case 'follow':
        return this.#follow(ask)
      case 'nudge':
        this.replica.nudge()
        return { kind: 'done' }
      case 'replay':
        return this.#replay(ask.from, ask.transactions)
      default:
        return unreachable(ask)
    }
  }

  #status(): NodeStatus {
    const { log, committed, readOnly, semiSync } = this.state
    const { source, receiving, applyError, receiveError } = this.replica
    return {
      kind: 'node-status',
      logged: log.gtidAt(log.length),
      received: this.replica.end,
      committed,
      readOnly,
      semiSync,
      acknowledgers: this.#dumps.acknowledgers,
      busy: this.#commits.busy,
      source,
      receiving,
      replicationError: applyError ?? receiveError,
    }
  }

  /** Nothing of a former source comes in any more, and nobody is let in to write. */
  #halt(): NodeStatus {
    this.replica.halt()
    this.#closeWrites()
    return this.#status()
  }

  #follow({ source, serverId }: { readonly source: number; readonly serverId: number }): Answer {
    const { state } = this
    if (this.#commits.busy > 0) return writesUnderWay
    this.#closeWrites()
    state.semiSync = false
    state.id = serverId
    this.replica.follow(source)
    return { kind: 'done' }
  }

  #openWrites(epoch: number): void {
    // One statement for both: it may come late, when the node is something else.
    this.state.semiSync = true
    this.state.readOnly = false
    this.state.isClosed = false
    this.state.context.facts.openedWrites(this.state.index, epoch)
  }

  #closeWrites(): void {
    if (!this.state.readOnly) this.state.context.facts.closedWrites(this.state.index)
    this.state.readOnly = true
  }

  /** What it has already is passed over, as long as it is the same. */
  #replay(from: number, transactions: readonly number[]): Answer {
    const { state } = this
    const { log, context } = state
    for (const [index, number] of transactions.entries()) {
      const position = from + index
      if (position > log.length + 1) return replayGap
      if (position === log.length + 1) log.append(number)
      else if (log.serverAt(position) !== context.transactions.of(number).server) return replayForeign
    }
    this.#onLogged()
    state.commitTo(log.length)
    return this.#status()
  }

  #onLogged(): void {
    this.state.context.facts.logged(this.state.index)
    this.#dumps.pumpAll()
  }
}

/** Whoever asked does not wait any more, and sends no further statement: one of several at most is performed still. */
function isLeftOff({ abandoned, caller, callerLife }: Exchange): boolean {
  return abandoned || caller.life !== callerLife
}

/** Of the statements with which a node is wired, the one that can do most harm when it comes late. */
const endAuthority: NodeAsk = Object.freeze({ kind: 'end-authority' })

function isOfClient({ kind }: NodeAsk): boolean {
  return kind === 'write' || kind === 'read' || kind === 'lookup'
}

function tailWord(tail: number, truncating: boolean): string {
  if (tail === 0) return ''
  return truncating ? `, after its tail of ${tail} was cut` : `, its tail of ${tail} committed`
}

const writesUnderWay: Failed = Object.freeze({
  kind: 'failed',
  why: 'error',
  reason: 'writes are under way',
})

const replayGap: Failed = Object.freeze({ kind: 'failed', why: 'error', reason: 'the replay left a gap' })

const replayForeign: Failed = Object.freeze({
  kind: 'failed',
  why: 'error',
  reason: 'the node has another transaction in that place',
})
