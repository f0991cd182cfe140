import type { Failed } from '../world/messages.js'
import type { Exchange } from '../world/process.js'
import type { NodeState } from './node-state.js'

interface Write {
  readonly exchange: Exchange
  /** The row that it locks until it is committed. */
  readonly row: number
  readonly epoch: number
}

interface Waiter extends Write {
  readonly position: number
}

/** The heartbeat row, which the keeper updates with each probe and each epoch. */
const heartbeatRow = -1
/**
 * One group waits for its acknowledgement, the next one is written behind it; all others wait for a lock before they
 * are written (seen on MariaDB 10.11: LOCK_after_binlog_sync and LOCK_log).
 */
const groupsMax = 2

const flushCode = 1
const fallBackCode = 5

/**
 * How a source commits, in the order of AFTER_SYNC: group of writes to the binlog, synced; sent to whoever receives;
 * acknowledged; only then committed in the engine, visible, and answered.
 */
export class CommitPath {
  readonly #state: NodeState
  readonly #onLogged: () => void
  #queue: Write[] = []
  #flushing: Write[] | null = null
  #waiters: Waiter[] = []
  /** Writes of a row that another one has locked. */
  #blocked: Write[] = []
  #acknowledged = 0
  /** Ends of the groups that are written and not committed. */
  #groups: number[] = []

  constructor(state: NodeState, onLogged: () => void) {
    this.#state = state
    this.#onLogged = onLogged
  }

  get busy(): number {
    return this.#queue.length + (this.#flushing?.length ?? 0) + this.#waiters.length + this.#blocked.length
  }

  /** `key` 0: the heartbeat row; `epoch` 0: not the row of an epoch, which a read-only node takes, too. */
  write(exchange: Exchange, what: { readonly key: number; readonly epoch: number }): void {
    const { key, epoch } = what
    this.#state.context.network.keep(exchange)
    this.#begin({ exchange, row: key === 0 ? heartbeatRow : key, epoch })
  }

  /** Whoever acknowledges has everything up to there. */
  acknowledged(position: number): void {
    if (!this.#state.semiSync) return
    this.#acknowledged = Math.max(this.#acknowledged, position)
    this.#commitTo(Math.min(this.#acknowledged, this.#state.log.length))
  }

  timer(code: number, arg: number): boolean {
    if (code === flushCode) this.#onFlushed()
    else if (code === fallBackCode) this.#fallBack(arg)
    else return false
    return true
  }

  reset(): void {
    this.#queue = []
    this.#flushing = null
    this.#waiters = []
    this.#blocked = []
    this.#groups = []
    this.#acknowledged = 0
  }

  #begin(write: Write): void {
    const { row, epoch } = write
    const { keys, readOnly, context } = this.#state
    // Asked again here, because whoever waited for a row may find a read-only server behind it.
    if (readOnly && epoch === 0) {
      context.network.answer(write.exchange, readOnlyRefusal)
      return
    }
    const position = keys.get(row)
    if (position !== undefined) {
      this.#answer(write, position, true)
      return
    }
    if (this.#isLocked(row)) {
      this.#blocked.push(write)
      return
    }
    this.#queue.push(write)
    this.#flush()
  }

  #isLocked(row: number): boolean {
    const has = (write: Write) => write.row === row
    return this.#queue.some(has) || this.#waiters.some(has) || (this.#flushing?.some(has) ?? false)
  }

  #flush(): void {
    if (this.#flushing !== null || this.#queue.length === 0 || this.#groups.length >= groupsMax) return
    const { context, diskSlowness } = this.#state
    this.#flushing = this.#queue
    this.#queue = []
    const delayUs = (context.speeds.flushUs + context.random.below(context.speeds.flushUs)) * diskSlowness
    context.world.timer(this.#state.process(), delayUs, flushCode)
  }

  #onFlushed(): void {
    const state = this.#state
    const { world, transactions, traits } = state.context
    if (state.diskStalled) {
      world.timer(state.process(), 20_000, flushCode)
      return
    }
    for (const write of this.#flushing ?? []) {
      const { row, epoch } = write
      state.log.append(transactions.add({ server: state.id, key: Math.max(0, row), epoch }))
      this.#waiters.push({ ...write, position: state.log.length })
    }
    this.#flushing = null
    this.#groups.push(state.log.length)
    this.#onLogged()
    if (!state.semiSync) this.#commitTo(state.log.length)
    else if (traits.fallBackAfterUs !== null)
      world.timer(state.process(), traits.fallBackAfterUs, fallBackCode, state.log.length)
    this.#flush()
  }

  #fallBack(position: number): void {
    if (!this.#state.semiSync || this.#state.committed >= position) return
    this.#state.tell(`gives up waiting for an acknowledgement of ${position}`)
    this.#commitTo(Math.min(position, this.#state.log.length))
  }

  #commitTo(position: number): void {
    this.#state.commitTo(position)
    let answered = 0
    for (const waiter of this.#waiters) {
      if (waiter.position > this.#state.committed) break
      answered++
      this.#answer(waiter, waiter.position, false)
    }
    if (answered > 0) this.#waiters.splice(0, answered)
    const { committed } = this.#state
    if ((this.#groups[0] ?? committed + 1) > committed) return
    this.#groups = this.#groups.filter((end) => end > committed)
    // Who waited for a row goes on; and so does the next group.
    if (this.#blocked.length > 0) for (const write of this.#blocked.splice(0)) this.#begin(write)
    this.#flush()
  }

  #answer({ exchange, row }: Write, position: number, already: boolean): void {
    const { context, index } = this.#state
    if (row !== heartbeatRow) context.facts.toldOk(index, position)
    context.network.answer(exchange, { kind: 'written', position, already })
  }
}

const readOnlyRefusal: Failed = Object.freeze({
  kind: 'failed',
  why: 'read-only',
  reason: 'the server is read-only (1290)',
})
