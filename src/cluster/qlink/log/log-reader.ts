import { readdir } from 'node:fs/promises'
import type { GtidTracker } from '../../../clients/binlog/gtid-tracker.js'
import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import type { BinlogSlice } from '../../../clients/binlog/slice-events.js'
import type { LogEnd, LogPlace } from '../../../model/qlink.js'
import type { IndexEntry } from './index-entry.js'
import { entryBytes } from './index-entry.js'
import type { SegmentIndex } from './index-file.js'
import { endOf, indexOf, readIndex, readSegmentStart } from './index-file.js'
import { findEntry, firstBeyond, firstWhere } from './index-search.js'
import { completedIndex, scanSegment } from './rebuilt-index.js'
import { readRetirement } from './retirement.js'
import { indexFileOf, segmentFileOf, segmentsAmong } from './segment-name.js'

/** A transaction of the log. */
export interface LoggedTransaction extends IndexEntry {
  readonly segment: number
  readonly epoch: number
}

export interface LogReaderOptions {
  /** The folder with the segments. */
  readonly dir: string
  readonly engine: 'mariadb' | 'mysql'
  /**
   * How much of the log there is, from a qlink that runs; what it still writes is not looked at. null when none runs:
   * then everything that is whole counts.
   */
  readonly durable: LogEnd | null
  /** What earlier readers of the same log learnt; a reader that is alone needs none. */
  readonly known?: KnownStarts
}

/** Where segments begin, by their numbers; that never changes. */
export type KnownStarts = Map<number, GtidTracker>

/** One segment with what is in it. */
export interface ReadSegment {
  readonly path: string
  readonly index: SegmentIndex
}

/**
 * Reads the log's files, also while qlink writes to them. Memory: the index of one segment. A segment that retention
 * takes away meanwhile is passed over.
 */
export class LogReader {
  readonly #known: KnownStarts

  constructor(private readonly options: LogReaderOptions) {
    this.#known = options.known ?? new Map()
  }

  /** Segments in order, oldest first. */
  async *segments(from = 1): AsyncGenerator<ReadSegment> {
    const numbers = (await this.#numbers()).filter((number) => number >= from)
    let before: LogEnd | null = null
    for (const number of numbers) {
      const read: ReadSegment | null = await this.#read(number, before)
      if (read === null) continue
      before = endOf(read.index, this.options.engine)
      yield read
    }
  }

  async *transactions(): AsyncGenerator<LoggedTransaction> {
    for await (const { index } of this.segments()) yield* transactionsOf(index)
  }

  /** What follows a transaction that was read before. */
  async *after(last: LoggedTransaction): AsyncGenerator<LoggedTransaction> {
    for await (const { index } of this.segments(last.segment)) {
      const isSame = index.start.segment === last.segment
      const behind = isSame ? firstWhere(index.count, (each) => index.entry(each).offset > last.offset) : 0
      yield* transactionsOf(index, behind)
    }
  }

  /** The newest ones, oldest of them first. */
  async newest(count: number): Promise<readonly LoggedTransaction[]> {
    const found: LoggedTransaction[] = []
    for (const number of [...(await this.#numbers())].reverse()) {
      if (found.length >= count) break
      const read = await this.#read(number, null)
      if (read === null) continue
      const { index } = read
      const first = Math.max(0, index.count - (count - found.length))
      found.unshift(...transactionsOf(index, first))
    }
    return found
  }

  /** From where to where the log reaches, and its segments. Reads the last index only. */
  async outline(): Promise<{
    readonly from: LogEnd
    readonly end: LogEnd
    readonly paths: readonly string[]
  }> {
    const { dir, engine, durable } = this.options
    const numbers = await this.#numbers()
    const [first] = numbers
    const start = first === undefined ? null : await readSegmentStart(indexFileOf(dir, first))
    const from = start?.from ?? (await readRetirement(dir)).end
    const last = numbers.length === 0 ? null : await this.#read(numbers.at(-1) ?? 0, null)
    const end = durable ?? (last ? endOf(last.index, engine) : from)
    return { from, end, paths: numbers.map((number) => segmentFileOf(dir, number)) }
  }

  /** Where single GTIDs stand, in the order asked. Looks into the one segment only in which each must be. */
  async placesOf(gtids: readonly string[]): Promise<readonly LogPlace[]> {
    const starts = await this.#starts()
    const [first] = starts
    const loaded = new Map<number, SegmentIndex | null>()
    const places: LogPlace[] = []
    for (const gtid of gtids) {
      const home = starts.findLast(({ from }) => !from.has(gtid))
      if (!home) places.push(first ? 'before' : 'after')
      else {
        const { number } = home
        if (!loaded.has(number)) loaded.set(number, (await this.#read(number, null))?.index ?? null)
        places.push(this.#placeIn(loaded.get(number) ?? null, gtid))
      }
    }
    return places
  }

  /** Everything behind a position, as parts of files. null when the log no longer reaches back to it. */
  async slicesBeyond(position: string): Promise<readonly BinlogSlice[] | null> {
    const { engine } = this.options
    const starts = await this.#starts()
    const [oldest] = starts
    const known = trackGtids(engine, position)
    if (oldest && !known.hasAll(oldest.from.text())) return null
    const home = starts.findLast(({ from }) => known.hasAll(from.text()))
    const slices: BinlogSlice[] = []
    for await (const { path, index } of this.segments(home?.number)) {
      const first = firstBeyond(index, { position, engine })
      if (first === index.count) continue
      const last = index.entry(index.count - 1)
      slices.push({ path, offset: index.entry(first).offset, end: last.offset + last.length })
    }
    return slices
  }

  #placeIn(index: SegmentIndex | null, gtid: string): LogPlace {
    if (index === null) return 'before'
    if (findEntry(index, gtid) >= 0) return 'inside'
    const { engine } = this.options
    return trackGtids(engine, endOf(index, engine).gtid).has(gtid) ? 'foreign' : 'after'
  }

  /** Where each segment begins, from the heads of the indexes. A log has hundreds, and a failover waits for this. */
  async #starts(): Promise<readonly { readonly number: number; readonly from: GtidTracker }[]> {
    const starts: { number: number; from: GtidTracker }[] = []
    for (const number of await this.#numbers()) {
      const from = this.#known.get(number) ?? (await this.#startOf(number))
      if (from) starts.push({ number, from })
    }
    return starts
  }

  async #startOf(number: number): Promise<GtidTracker | null> {
    const { dir, engine } = this.options
    const start = await readSegmentStart(indexFileOf(dir, number))
    if (start === null) {
      // What a scan says of a segment without an index is not for ever: its head may be on its way.
      const scanned = await this.#read(number, null)
      return scanned && trackGtids(engine, scanned.index.start.from.gtid)
    }
    const from = trackGtids(engine, start.from.gtid)
    this.#known.set(number, from)
    return from
  }

  async #numbers(): Promise<readonly number[]> {
    return segmentsAmong(await readdir(this.options.dir).catch(() => []))
  }

  /** `before` is where the segment before it ends, for one whose index is lost. */
  async #read(number: number, before: LogEnd | null): Promise<ReadSegment | null> {
    const { dir, durable } = this.options
    const path = segmentFileOf(dir, number)
    try {
      const known = await readIndex(indexFileOf(dir, number))
      const index = known ? await this.#whole(path, known) : await this.#scan(path, number, before)
      return { path, index: durable ? clipped(index, durable) : index }
    } catch (error) {
      if ((await this.#numbers()).includes(number)) throw error
      return null
    }
  }

  /** An index may end early: where a writer was killed, and by a moment while it writes. */
  async #whole(path: string, known: SegmentIndex): Promise<SegmentIndex> {
    const { durable } = this.options
    const end = known.start.from.transactions + known.count
    return durable !== null && end >= durable.transactions ? known : completedIndex(path, known)
  }

  async #scan(path: string, segment: number, before: LogEnd | null): Promise<SegmentIndex> {
    const from = before ?? (await readRetirement(this.options.dir)).end
    return (await scanSegment(path, { segment, epoch: 0, from })).index
  }
}

function* transactionsOf(index: SegmentIndex, first = 0): Generator<LoggedTransaction> {
  const { segment, epoch } = index.start
  for (let each = first; each < index.count; each++) yield { ...index.entry(each), segment, epoch }
}

function clipped(index: SegmentIndex, end: LogEnd): SegmentIndex {
  const count = Math.max(0, end.transactions - index.start.from.transactions)
  if (count >= index.count) return index
  return indexOf(
    index.start,
    index.bytes.subarray(0, index.bytes.length - (index.count - count) * entryBytes),
  )
}
