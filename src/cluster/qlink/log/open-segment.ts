import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { assert } from '../../../kit/assert.js'
import type { Disk, DiskFile } from './disk.js'
import type { SegmentStart } from './index-file.js'
import { indexHeader } from './index-file.js'
import { IndexWriter } from './index-writer.js'
import { indexFileOf, segmentFileOf } from './segment-name.js'
import type { SpareSegment } from './spare-segment.js'
import { fillWithZeros } from './spare-segment.js'
import type { WriteGroup } from './write-group.js'

/** `\xfebin`: what every binlog file begins with. */
const binlogMagic = Buffer.from([0xfe, 0x62, 0x69, 0x6e])

/** Room that a segment has at once when no spare was ready: a full disk shows before anything is received. */
const firstRoomBytes = 1024 * 1024

export interface ResumedSegment {
  readonly start: SegmentStart
  readonly format: Buffer
  /** Whole transactions end here; the file was cut to it. */
  readonly bytes: number
  readonly crc: number
  readonly transactions: number
  readonly index: { readonly bytes: number; readonly crc: number }
}

/** The segment that is written to: binlog magic, the leader's format description, whole transactions; and its index. */
export class OpenSegment {
  readonly start: SegmentStart
  readonly format: Buffer
  readonly #index: IndexWriter
  /** Of everything written; `#wholeBytes` of what ends with a whole transaction. */
  #bytes: number
  #wholeBytes: number
  #crc: number
  #wholeCrc: number
  #transactions: number
  /** Beyond this the file grows with each group, which makes every sync dearer: no blocks were made beforehand there. */
  #roomEnd: number

  private constructor(
    private readonly disk: Disk,
    private readonly dir: string,
    private readonly file: DiskFile,
    index: DiskFile,
    facts: ResumedSegment,
  ) {
    this.start = facts.start
    this.format = facts.format
    this.#index = new IndexWriter(index, facts.index, { size: facts.bytes, crc: facts.crc })
    this.#bytes = facts.bytes
    this.#wholeBytes = facts.bytes
    this.#crc = facts.crc
    this.#wholeCrc = facts.crc
    this.#transactions = facts.transactions
    this.#roomEnd = facts.bytes + firstRoomBytes
  }

  /** A new segment, durable with its name before anything is written to it. */
  static async make(
    disk: Disk,
    options: {
      readonly dir: string
      readonly start: SegmentStart
      readonly format: Buffer
      readonly spare: SpareSegment
    },
  ): Promise<OpenSegment> {
    const { dir, start, format, spare } = options
    const path = segmentFileOf(dir, start.segment)
    await disk.remove(indexFileOf(dir, start.segment))
    const head = Buffer.concat([binlogMagic, format])
    const { file, isNew } = await newFile(disk, path, spare)
    let index: DiskFile | null = null
    try {
      await file.write(head, 0)
      if (isNew) await fillWithZeros(file, { from: head.length, to: firstRoomBytes })
      index = await disk.make(indexFileOf(dir, start.segment))
      const header = indexHeader(start)
      await index.write(header, 0)
      await disk.syncDir(dir)
      const facts = { start, format, bytes: head.length, crc: crc32(head), transactions: 0 }
      const written = { bytes: header.length, crc: crc32(header) }
      const segment = new OpenSegment(disk, dir, file, index, { ...facts, index: written })
      if (!isNew) segment.#roomEnd = Number.POSITIVE_INFINITY
      return segment
    } catch (error) {
      await Promise.allSettled([file.close(), index?.close()])
      await disk.remove(path).catch(() => undefined)
      throw error
    }
  }

  /** Goes on with a segment that the recovery found whole. */
  static async resume(disk: Disk, dir: string, facts: ResumedSegment): Promise<OpenSegment> {
    const { segment } = facts.start
    const file = await disk.open(segmentFileOf(dir, segment), 'synced')
    const index = await disk.open(indexFileOf(dir, segment))
    return new OpenSegment(disk, dir, file, index, facts)
  }

  get bytes(): number {
    return this.#bytes
  }

  get transactions(): number {
    return this.#transactions
  }

  /** A segment with room would be cheaper to go on with, once there is one. */
  get isOutgrown(): boolean {
    return this.#bytes > this.#roomEnd
  }

  /** False while a transaction is written in parts. */
  get endsWhole(): boolean {
    return this.#bytes === this.#wholeBytes
  }

  /**
   * Writes a group behind what is there; on return it is on the disk. After an error only {@link cut}, {@link end} and
   * {@link discard} are allowed. The index follows behind: its entries say "this was durable".
   */
  async write(group: WriteGroup): Promise<void> {
    const bytes = group.bytes()
    const offset = this.#bytes
    const written = this.file.write(bytes, offset)
    // All of this while the disk works, so that nothing but the disk keeps an acknowledgement waiting.
    const end = { size: offset + bytes.length, crc: crc32(bytes, this.#crc) }
    const entries = group.count > 0 ? group.entries({ offset, firstOffset: this.#wholeBytes }) : null
    await written
    this.#bytes = end.size
    this.#crc = end.crc
    if (entries === null) return
    this.#wholeBytes = end.size
    this.#wholeCrc = end.crc
    this.#transactions += group.count
    await this.#index.add(entries, end)
  }

  /** Resolves when the index in its file reaches as far as the segment. */
  flushIndex(): Promise<void> {
    return this.#index.flush()
  }

  /** Takes back what was written of a transaction that will not end, durably. */
  async cut(): Promise<void> {
    await this.file.truncate(this.#wholeBytes)
    await this.file.sync()
    this.#bytes = this.#wholeBytes
    this.#crc = this.#wholeCrc
    this.#roomEnd = this.#wholeBytes + firstRoomBytes
  }

  /** Ends the segment in order: nothing behind its last whole transaction, and the index says so. */
  async end(): Promise<void> {
    await this.cut()
    await this.#index.end()
    await this.close()
  }

  async close(): Promise<void> {
    await this.#index.close()
    await this.file.close().catch(() => undefined)
  }

  /** Removes a segment that holds no transaction. */
  async discard(): Promise<void> {
    assert(this.#transactions === 0, 'only an empty segment may be discarded')
    await this.close()
    await this.disk.remove(segmentFileOf(this.dir, this.start.segment))
    await this.disk.remove(indexFileOf(this.dir, this.start.segment))
    await this.disk.syncDir(this.dir)
  }
}

async function newFile(
  disk: Disk,
  path: string,
  spare: SpareSegment,
): Promise<{ readonly file: DiskFile; readonly isNew: boolean }> {
  const taken = await spare.take(path)
  if (taken) return { file: taken, isNew: false }
  const file = await disk.make(path, 'synced')
  await disk.syncDir(dirname(path))
  return { file, isNew: true }
}
