import type { BinlogBatch } from '../../../clients/binlog/binlog-listener.js'
import type { GtidTracker } from '../../../clients/binlog/gtid-tracker.js'
import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import { assert, present } from '../../../kit/assert.js'
import { reasonOf } from '../../../kit/errors.js'
import type { LogEnd } from '../../../model/qlink.js'
import type { Disk } from './disk.js'
import { isSameFormat } from './format-event.js'
import { OpenSegment } from './open-segment.js'
import { SpareSegment } from './spare-segment.js'
import type { LeaderPosition } from './write-group.js'
import { WriteGroup } from './write-group.js'

export interface LogWriterOptions {
  readonly disk: Disk
  readonly dir: string
  readonly engine: 'mariadb' | 'mysql'
  /** A segment ends when the next group would make it larger. */
  readonly segmentBytes: number
  /** Where the log ends, and the segment to go on with; null when it is empty. */
  readonly end: LogEnd
  readonly segment: OpenSegment | null
  /** The number of that segment, or of the first one to be made. */
  readonly segmentNumber: number
  readonly listener: LogWriterListener
}

export interface LogWriterListener {
  /** Everything up to here is on the disk. `leader` is where that is at the leader; null when it is not known. */
  onSynced(end: LogEnd, leader: LeaderPosition | null): void
  /** Writing failed: the log is cut to its durable end, and takes nothing before it was repaired. */
  onFailed(reason: string): void
  /** Whether batches come faster than the disk takes them: then none should be brought. */
  onFull(full: boolean): void
  onSegment(ended: SegmentEnd): void
}

export interface SegmentEnd {
  readonly segment: number
  readonly epoch: number
  readonly from: LogEnd
  readonly end: LogEnd
  readonly bytes: number
}

const nothingYet: BatchEnd = Object.freeze({ domain: -1, sequence: -1 })

interface BatchEnd {
  readonly domain: number
  readonly sequence: number
}

/** Beyond this a group is written although no transaction ends in it, and further batches must wait. */
const groupBytesMax = 4 * 1024 * 1024

/**
 * Appends what a leader sends, and makes it durable by groups: one sync is under way at a time, and what comes in
 * meanwhile becomes the next group, so that one sync serves many commits (group commit as in DeWitt et al., SIGMOD
 * 1984). Nothing is kept in memory but the groups: after a failure the leader is asked again for what was lost.
 */
export class LogWriter {
  #segment: OpenSegment | null
  #gather = new WriteGroup()
  readonly #free: WriteGroup[] = []
  readonly #spare: SpareSegment
  #epoch = 0
  #format: Buffer | null
  #tracker: GtidTracker
  #received: LogEnd
  #durable: LogEnd
  /** Of the present segment, or of the next one when there is none. */
  #segmentNumber: number
  /** Bytes that were appended behind the last whole transaction. */
  #rest = 0
  #last: BatchEnd = nothingYet
  #syncWanted = false
  /** A part of a transaction was written whose end will not come. */
  #cutWanted = false
  #failed = false
  #full = false
  #flushing: Promise<void> | null = null

  constructor(private readonly options: LogWriterOptions) {
    this.#segment = options.segment
    this.#format = options.segment?.format ?? null
    this.#received = options.end
    this.#durable = options.end
    this.#segmentNumber = options.segmentNumber
    this.#tracker = trackGtids(options.engine, options.end.gtid)
    this.#spare = new SpareSegment(options.disk, `${options.dir}/spare`, options.segmentBytes)
  }

  /** Of the whole transactions that were appended, durable or not. */
  get received(): LogEnd {
    return this.#received
  }

  get durable(): LogEnd {
    return this.#durable
  }

  /** What is appended from now on belongs to this epoch. Everything before it must be durable. */
  beginLink(epoch: number): void {
    assert(this.#isSettled, 'a link begins with everything durable')
    this.#epoch = epoch
    this.#last = nothingYet
    this.#spare.prepare()
  }

  /**
   * The leader begins a file; what it left incomplete in the one before is void. False when its format changed inside a
   * link, which no leader does.
   */
  setFormat(event: Buffer): boolean {
    this.#dropRest()
    if (this.#format && isSameFormat(event, this.#format)) return true
    if (!this.#isSettled) return false
    this.#format = event
    return true
  }

  /**
   * Takes over a batch; its bytes are copied. False, and nothing is taken, when the log failed, or holds what the batch
   * brings: a leader that repeats itself is not followed.
   */
  append(batch: BinlogBatch): boolean {
    if (this.#failed || !this.#continues(batch)) return false
    const gather = this.#gather
    gather.add(batch, this.options.engine === 'mysql')
    if (batch.count === 0) this.#rest += batch.bytes.length
    else this.#count(batch)
    if (gather.length >= groupBytesMax) this.#flushOrWait()
    return true
  }

  /** Makes everything appended durable; the listener is told. */
  sync(): void {
    this.#syncWanted = true
    this.#flushNext()
  }

  /** Forgets an incomplete transaction at the end of the log, also on the disk. A failure goes to the listener. */
  async cut(): Promise<void> {
    this.#dropRest()
    while (this.#flushing) await this.#flushing
    if (!this.#failed) await this.#exclusively(() => this.#cutSegment())
  }

  /**
   * Makes a log that failed writable again: the segment that failed is ended where it was durable, and a new one is
   * made on blocks that were written and synced. Rejects with the system's error.
   */
  async repair(): Promise<void> {
    while (this.#flushing) await this.#flushing
    const failed = this.#segment
    if (failed) await this.#letGo(failed)
    if (this.#format) await this.#makeSegment(this.#format)
    this.#failed = false
  }

  /** After the last sync: ends the segment in order. Never rejects. */
  async close(): Promise<void> {
    while (this.#flushing) await this.#flushing
    await this.#spare.close()
    const last = this.#segment
    this.#segment = null
    if (last && !this.#failed) await last.end().catch(() => last.close())
    else await last?.close()
  }

  #dropRest(): void {
    this.#gather.dropRest()
    // Whole transactions that are gathered begin with whatever part was written already.
    if (this.#rest > 0 && this.#gather.count === 0) this.#cutWanted = true
    this.#rest = 0
  }

  async #cutSegment(): Promise<void> {
    if (!this.#cutWanted) return
    this.#cutWanted = false
    if (this.#segment && !this.#segment.endsWhole) await this.#segment.cut()
  }

  get #isSettled(): boolean {
    return this.#gather.length === 0 && this.#rest === 0 && this.#received === this.#durable
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
    if (this.options.engine === 'mariadb' && first.domain === this.#last.domain) {
      if (first.sequence <= this.#last.sequence) return false
    } else if (this.#tracker.has(batch.gtid(0))) return false
    this.#last = { domain: domain[count - 1] as number, sequence: sequence[count - 1] as number }
    return true
  }

  #flushOrWait(): void {
    if (this.#flushing) this.#setFull(true)
    else this.#flushNext()
  }

  #flushNext(): void {
    if (this.#flushing || this.#failed) return
    const group = this.#take()
    if (group) void this.#exclusively(() => this.#flush(group))
  }

  /** One thing at a time is done to the files; what goes wrong with it is told to the listener. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = work()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#flushing = null
        if (this.#gather.length < groupBytesMax) this.#setFull(false)
        this.#flushNext()
      })
    this.#flushing = done
    return done
  }

  /** The next group to write: whole transactions when a sync is wanted, or a part of one that is too large to wait. */
  #take(): WriteGroup | null {
    const group = this.#gather
    const isDue = group.count > 0 ? this.#syncWanted : group.length >= groupBytesMax
    if (!isDue) return null
    const next = this.#free.pop() ?? new WriteGroup()
    if (group.count > 0) {
      this.#syncWanted = false
      group.moveRestTo(next)
    }
    this.#gather = next
    return group
  }

  async #flush(group: WriteGroup): Promise<void> {
    await this.#cutSegment()
    const segment = await this.#segmentFor(group)
    await segment.write(group)
    if (group.end) {
      this.#durable = group.end
      this.options.listener.onSynced(group.end, group.leader)
    }
    await segment.indexWritten()
    group.clear()
    this.#free.push(group)
  }

  async #segmentFor(group: WriteGroup): Promise<OpenSegment> {
    const current = this.#segment
    const format = present(this.#format, 'format description of the leader')
    if (current && !current.endsWhole) return current
    if (current && isFitting(current, { epoch: this.#epoch, format })) {
      const fits = current.bytes + group.length <= this.options.segmentBytes
      if (fits || current.transactions === 0) return current
    }
    if (current) await this.#letGo(current)
    return this.#makeSegment(format)
  }

  /** Ends the present segment, or removes it when it holds nothing. It stays the present one when that fails. */
  async #letGo(segment: OpenSegment): Promise<void> {
    if (segment.transactions === 0) await segment.discard()
    else {
      await segment.end()
      this.#segmentNumber = segment.start.segment + 1
      const { start, bytes } = segment
      this.options.listener.onSegment({ ...start, end: this.#durable, bytes })
    }
    this.#segment = null
  }

  async #makeSegment(format: Buffer): Promise<OpenSegment> {
    const { disk, dir } = this.options
    const start = { segment: this.#segmentNumber, epoch: this.#epoch, from: this.#durable }
    const made = await OpenSegment.make(disk, { dir, start, format, spare: this.#spare })
    this.#segment = made
    this.#spare.prepare()
    return made
  }

  #fail(error: unknown): void {
    this.#failed = true
    this.#syncWanted = false
    this.#cutWanted = false
    this.#gather.clear()
    this.#received = this.#durable
    this.#tracker = trackGtids(this.options.engine, this.#durable.gtid)
    this.#last = nothingYet
    this.#rest = 0
    this.#setFull(false)
    this.options.listener.onFailed(reasonOf(error))
  }

  #setFull(full: boolean): void {
    if (full === this.#full) return
    this.#full = full
    this.options.listener.onFull(full)
  }
}

function isFitting(
  segment: OpenSegment,
  wanted: { readonly epoch: number; readonly format: Buffer },
): boolean {
  return segment.start.epoch === wanted.epoch && isSameFormat(segment.format, wanted.format)
}
