import { join } from 'node:path'
import type { BinlogBatch } from '../../../clients/binlog/binlog-listener.js'
import { assert, present } from '../../../kit/assert.js'
import { reasonOf } from '../../../kit/errors.js'
import type { LogEnd } from '../../../model/qlink.js'
import type { Disk } from './disk.js'
import type { EndedSegment } from './ended-segment.js'
import { isSameFormat } from './format-event.js'
import { Intake } from './intake.js'
import { OpenSegment } from './open-segment.js'
import { SpareSegment } from './spare-segment.js'
import type { LeaderPosition, WriteGroup } from './write-group.js'

export interface LogWriterOptions {
  readonly disk: Disk
  readonly dir: string
  readonly engine: 'mariadb' | 'mysql'
  /** A segment ends when the next group would make it larger. */
  readonly segmentBytes: number
  /** How long after a segment was begun the room for the next one is made. */
  readonly spareAfterMs: number
  /** Where the log ends, and the segment to go on with; null when it is empty. */
  readonly end: LogEnd
  readonly segment: OpenSegment | null
  /** The number of that segment, or of the first one to be made. */
  readonly segmentNumber: number
  readonly listener: LogWriterListener
}

export interface LogWriterListener {
  /** Everything up to here is on the disk. `leader` is where that is at the leader. */
  onSynced(end: LogEnd, leader: LeaderPosition | null): void
  /** Writing failed: the log is cut to its durable end, and takes nothing before it was repaired. */
  onFailed(reason: string): void
  /** Whether batches come faster than the disk takes them: then none should be brought. */
  onFull(full: boolean): void
  onSegmentEnded(segment: EndedSegment): void
}

/** Beyond this a group is written although no transaction ends in it, and further batches must wait. */
const groupBytesMax = 4 * 1024 * 1024

/**
 * Appends what a leader sends, and makes it durable by groups: one sync is under way at a time, and what comes in
 * meanwhile becomes the next group, so that one sync serves many commits (group commit as in DeWitt et al., SIGMOD
 * 1984). Nothing is kept in memory but the groups: after a failure the leader is asked again for what was lost.
 */
export class LogWriter {
  readonly #intake: Intake
  readonly #spare: SpareSegment
  #segment: OpenSegment | null
  /** Of the present segment, or of the next one when there is none. */
  #segmentNumber: number
  #epoch = 0
  #format: Buffer | null
  #durable: LogEnd
  #syncWanted = false
  /** A part of a transaction was written whose end will not come. */
  #cutWanted = false
  #failed = false
  #full = false
  #furthestBytes: number
  #working: Promise<void> | null = null

  constructor(private readonly options: LogWriterOptions) {
    this.#intake = new Intake(options.engine, options.end)
    const { disk, dir, segmentBytes: bytes, spareAfterMs: afterMs } = options
    this.#spare = new SpareSegment(disk, { path: join(dir, 'spare'), bytes, afterMs })
    this.#segment = options.segment
    this.#segmentNumber = options.segmentNumber
    this.#format = options.segment?.format ?? null
    this.#durable = options.end
    this.#furthestBytes = options.end.bytes
  }

  /** Of the whole transactions that were appended, durable or not. */
  get received(): LogEnd {
    return this.#intake.received
  }

  get durable(): LogEnd {
    return this.#durable
  }

  /** How far appending has ever come in this epoch, whatever was taken back since. */
  get furthestBytes(): number {
    return this.#furthestBytes
  }

  /** Everything that was appended is durable, to the last byte. */
  get isSettled(): boolean {
    return this.#intake.isEmpty && this.#intake.received === this.#durable
  }

  /** What is appended from now on belongs to this epoch. Everything before it must be durable. */
  beginLink(epoch: number): void {
    assert(this.isSettled, 'a link begins with everything durable')
    if (epoch !== this.#epoch) this.#furthestBytes = this.#durable.bytes
    this.#epoch = epoch
    this.#intake.begin()
    this.#spare.prepare()
  }

  /**
   * The leader begins a file; what it left incomplete in the one before is void. False when its format changed inside a
   * link, which no leader does.
   */
  setFormat(event: Buffer): boolean {
    this.#dropRest()
    if (this.#format && isSameFormat(event, this.#format)) return true
    if (!this.isSettled) return false
    this.#format = event
    return true
  }

  /**
   * Takes over a batch; its bytes are copied. False, and nothing is taken, when the log failed, or holds what the batch
   * brings: a leader that repeats itself is not followed.
   */
  append(batch: BinlogBatch): boolean {
    if (this.#failed || !this.#intake.add(batch)) return false
    this.#furthestBytes = Math.max(this.#furthestBytes, this.#intake.endBytes)
    if (this.#intake.length < groupBytesMax) return true
    if (this.#working) this.#setFull(true)
    else this.#writeNext()
    return true
  }

  /** Makes everything appended durable; the listener is told. */
  sync(): void {
    this.#syncWanted = true
    this.#writeNext()
  }

  /** Forgets an incomplete transaction at the end of the log, also on the disk. A failure goes to the listener. */
  async cut(): Promise<void> {
    this.#dropRest()
    while (this.#working) await this.#working
    if (!this.#failed) await this.#work(() => this.#cutSegment())
  }

  /**
   * Makes a log that failed writable again: the segment that failed is ended where it was durable, and a new one is
   * made on blocks that were written and synced. Rejects with the system's error.
   */
  async repair(): Promise<void> {
    while (this.#working) await this.#working
    if (this.#segment) await this.#letGo(this.#segment)
    if (this.#format) await this.#makeSegment(this.#format)
    this.#failed = false
  }

  /** Resolves when the index reaches as far as the log is durable. */
  async flushIndex(): Promise<void> {
    await this.#segment?.flushIndex()
  }

  /** After the last sync: ends the segment in order. Never rejects. */
  async close(): Promise<void> {
    while (this.#working) await this.#working
    await this.#spare.close()
    const last = this.#segment
    this.#segment = null
    if (last && !this.#failed) await last.end().catch(() => last.close())
    else await last?.close()
  }

  #writeNext(): void {
    if (this.#working || this.#failed) return
    const isDue = this.#intake.count > 0 ? this.#syncWanted : this.#intake.length >= groupBytesMax
    if (!isDue) return
    if (this.#intake.count > 0) this.#syncWanted = false
    const group = this.#intake.take()
    void this.#work(() => this.#write(group))
  }

  /** One thing at a time is done to the files; what goes wrong with it is told to the listener. */
  #work(work: () => Promise<void>): Promise<void> {
    const done = work()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#working = null
        if (this.#intake.length < groupBytesMax) this.#setFull(false)
        this.#writeNext()
      })
    this.#working = done
    return done
  }

  async #write(group: WriteGroup): Promise<void> {
    await this.#cutSegment()
    const segment = await this.#segmentFor(group)
    await segment.write(group)
    if (group.end) {
      this.#durable = group.end
      this.options.listener.onSynced(group.end, group.leader)
    }
    this.#intake.giveBack(group)
  }

  async #segmentFor(group: WriteGroup): Promise<OpenSegment> {
    const current = this.#segment
    const format = present(this.#format, 'format description of the leader')
    if (current && !current.endsWhole) return current
    if (current && this.#takes(current, format)) {
      const isFull = current.bytes + group.length > this.options.segmentBytes
      // The first segment of a log, or of a process, was begun when no room had been made yet.
      const fits = !isFull && !(current.isOutgrown && this.#spare.isReady)
      if (fits || current.transactions === 0) return current
    }
    if (current) await this.#letGo(current)
    return this.#makeSegment(format)
  }

  #takes(segment: OpenSegment, format: Buffer): boolean {
    return segment.start.epoch === this.#epoch && isSameFormat(segment.format, format)
  }

  /** Ends the present segment, or removes it when it holds nothing. It stays the present one when that fails. */
  async #letGo(segment: OpenSegment): Promise<void> {
    if (segment.transactions === 0) await segment.discard()
    else {
      await segment.end()
      this.#segmentNumber = segment.start.segment + 1
      const { start, bytes } = segment
      this.options.listener.onSegmentEnded({ start, end: this.#durable, bytes })
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

  #dropRest(): void {
    if (this.#intake.dropRest()) this.#cutWanted = true
  }

  async #cutSegment(): Promise<void> {
    if (!this.#cutWanted) return
    this.#cutWanted = false
    if (this.#segment && !this.#segment.endsWhole) await this.#segment.cut()
  }

  #fail(error: unknown): void {
    this.#failed = true
    this.#syncWanted = false
    this.#cutWanted = false
    this.#intake.reset(this.#durable)
    this.#setFull(false)
    this.options.listener.onFailed(reasonOf(error))
  }

  #setFull(full: boolean): void {
    if (full === this.#full) return
    this.#full = full
    this.options.listener.onFull(full)
  }
}
