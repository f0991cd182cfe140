import type { BinlogBatch } from '../../../clients/binlog/binlog-listener.js'
import type { GtidTracker } from '../../../clients/binlog/gtid-tracker.js'
import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import type { LogEnd } from '../../../model/qlink.js'
import { WriteGroup } from './write-group.js'

/**
 * What was received and is not yet written: one group that grows, and the count of everything up to its end. Batches end
 * anywhere; groups are handed on with whole transactions, except for parts of one that is too large to wait for.
 */
export class Intake {
  #gather = new WriteGroup()
  readonly #free: WriteGroup[] = []
  #tracker: GtidTracker
  #received: LogEnd
  /** Bytes that were added behind the last whole transaction, also those that were handed on already. */
  #rest = 0
  #last: BatchEnd = nothingYet

  constructor(
    private readonly engine: 'mariadb' | 'mysql',
    end: LogEnd,
  ) {
    this.#received = end
    this.#tracker = trackGtids(engine, end.gtid)
  }

  /** The end of the last whole transaction. */
  get received(): LogEnd {
    return this.#received
  }

  /** Where what was added ends, in bytes of the log: behind `received` while a transaction is not whole. */
  get endBytes(): number {
    return this.#received.bytes + this.#rest
  }

  /** Bytes in the group that grows. */
  get length(): number {
    return this.#gather.length
  }

  /** Transactions that end in the group that grows. */
  get count(): number {
    return this.#gather.count
  }

  /** Nothing is here, not even a part of a transaction. */
  get isEmpty(): boolean {
    return this.#gather.length === 0 && this.#rest === 0
  }

  /** A leader was connected to: what comes next is compared with the whole log. */
  begin(): void {
    this.#last = nothingYet
  }

  /** Copies a batch. False, and nothing is taken, when the log has what it brings. */
  add(batch: BinlogBatch): boolean {
    if (!this.#continues(batch)) return false
    this.#gather.add(batch, this.engine === 'mysql')
    if (batch.count === 0) this.#rest += batch.bytes.length
    else this.#count(batch)
    return true
  }

  /** Hands on what there is: whole transactions when there are any, else a part of one. */
  take(): WriteGroup {
    const group = this.#gather
    const next = this.#free.pop() ?? new WriteGroup()
    if (group.count > 0) group.moveRestTo(next)
    this.#gather = next
    return group
  }

  /** A group that was handed on is written; its buffers are used again. */
  giveBack(group: WriteGroup): void {
    group.clear()
    this.#free.push(group)
  }

  /**
   * Forgets the incomplete transaction at the end. True when a part of it was handed on, and must be taken back there: not
   * when whole transactions are gathered, because these begin with whatever was handed on.
   */
  dropRest(): boolean {
    const wasHandedOn = this.#rest > 0 && this.#gather.count === 0
    this.#gather.dropRest()
    this.#rest = 0
    return wasHandedOn
  }

  /** Forgets everything behind `end`. */
  reset(end: LogEnd): void {
    this.#gather.clear()
    this.#received = end
    this.#tracker = trackGtids(this.engine, end.gtid)
    this.#rest = 0
    this.#last = nothingYet
  }

  #count(batch: BinlogBatch): void {
    const { transactions, bytes } = this.#received
    const last = batch.count - 1
    const end = batch.endOffset[last] as number
    this.#tracker.addBatch(batch)
    this.#received = {
      gtid: this.#tracker.text(),
      transactions: transactions + batch.count,
      bytes: bytes + this.#rest + end,
    }
    this.#rest = batch.bytes.length - end
    this.#gather.end = this.#received
    this.#gather.leader = { file: batch.file, position: batch.position[last] as number }
  }

  /** Whether a batch goes on where the one before it ended: within a domain sequence numbers only grow. */
  #continues(batch: BinlogBatch): boolean {
    const { count, domain, sequence } = batch
    if (count === 0) return true
    const first = { domain: domain[0] as number, sequence: sequence[0] as number }
    if (this.engine === 'mariadb' && first.domain === this.#last.domain) {
      if (first.sequence <= this.#last.sequence) return false
    } else if (this.#tracker.has(batch.gtid(0))) return false
    this.#last = { domain: domain[count - 1] as number, sequence: sequence[count - 1] as number }
    return true
  }
}

interface BatchEnd {
  readonly domain: number
  readonly sequence: number
}

const nothingYet: BatchEnd = Object.freeze({ domain: -1, sequence: -1 })
