import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import type { LogEnd } from '../../../model/qlink.js'
import type { Disk } from './disk.js'
import type { EndedSegment } from './ended-segment.js'
import { EpochJournal } from './epoch-journal.js'
import type { KnownStarts } from './log-reader.js'
import { LogReader } from './log-reader.js'
import type { LogWriterListener } from './log-writer.js'
import { LogWriter } from './log-writer.js'
import { OpenSegment } from './open-segment.js'
import { recoverLog } from './recover-log.js'
import { retire } from './retirement.js'

export interface QlinkLogOptions {
  readonly disk: Disk
  /** Of the component; made when it is not there. */
  readonly dataDir: string
  readonly engine: 'mariadb' | 'mysql'
  readonly limits: LogLimits
  readonly listener: Omit<LogWriterListener, 'onSegmentEnded'>
  readonly signal?: AbortSignal | undefined
}

export interface LogLimits {
  readonly segmentBytes: number
  /** Beyond this, segments that the shadow has applied are removed, oldest first. */
  readonly totalBytesMax: number
}

/** A log of half a gibibyte holds about a million single-row transactions; recovery reads it in well below a second. */
export const defaultLogLimits: LogLimits = Object.freeze({
  segmentBytes: 32 * 1024 * 1024,
  totalBytesMax: 512 * 1024 * 1024,
})

/** An epoch's first commits are what a failover waits for. */
const spareAfterMs = 1000

/** Where the segments lie in the data folder of the component. */
export function logDirOf(dataDir: string): string {
  return join(dataDir, 'log')
}

/** Everything that qlink keeps on the disk: the epoch journal, and the log. */
export class QlinkLog {
  readonly #ended: EndedSegment[]
  readonly #knownStarts: KnownStarts = new Map()
  #retiring = false

  private constructor(
    private readonly options: QlinkLogOptions,
    readonly journal: EpochJournal,
    readonly writer: LogWriter,
    /** Oldest first; the writer adds to it. */
    ended: EndedSegment[],
    /** What the recovery cut from the end: never acknowledged. */
    readonly cutBytes: number,
  ) {
    this.#ended = ended
  }

  /** Recovers the log. Throws QLINK_LOG_DAMAGED, FILE_DAMAGED and the system's errors. */
  static async open(options: QlinkLogOptions): Promise<QlinkLog> {
    const { disk, dataDir, engine, limits, listener, signal } = options
    const dir = logDirOf(dataDir)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await disk.syncDir(dataDir)
    await disk.syncDir(dirname(dataDir))
    const journal = await EpochJournal.open(disk, dataDir)
    const { records } = journal
    const recovered = await recoverLog({ disk, dir, engine, records, signal })
    const { last, end, segmentNumber, cutBytes } = recovered
    const ended = [...recovered.ended]
    const segment = last ? await OpenSegment.resume(disk, dir, last) : null
    const writer = new LogWriter({
      disk,
      dir,
      engine,
      segmentBytes: limits.segmentBytes,
      spareAfterMs,
      end,
      segment,
      segmentNumber,
      listener: { ...listener, onSegmentEnded: (each) => ended.push(each) },
    })
    return new QlinkLog(options, journal, writer, ended, cutBytes)
  }

  /** A view of what is durable now. */
  async reader(): Promise<LogReader> {
    await this.writer.flushIndex()
    const { dataDir, engine } = this.options
    return new LogReader({
      dir: logDirOf(dataDir),
      engine,
      durable: this.writer.durable,
      known: this.#knownStarts,
    })
  }

  /**
   * Removes the oldest segments while the log is larger than its limit, but only those that the shadow has applied to the
   * last transaction. Does nothing while a removal is under way. Rejects with the system's error.
   */
  async retire(applied: string): Promise<void> {
    const segment = this.#retiring ? null : this.#retirable(applied)
    if (!segment) return
    this.#retiring = true
    try {
      const { disk, dataDir } = this.options
      const { start, end } = segment
      await retire(disk, logDirOf(dataDir), { segment: start.segment, end })
      this.#ended.splice(0, this.#ended.indexOf(segment) + 1)
      for (const number of this.#knownStarts.keys())
        if (number <= segment.start.segment) this.#knownStarts.delete(number)
    } finally {
      this.#retiring = false
    }
  }

  async close(): Promise<void> {
    await this.writer.close()
    await this.journal.close()
  }

  /** The last segment that may go. */
  #retirable(applied: string): EndedSegment | null {
    const { engine, limits } = this.options
    const kept = (from: LogEnd) => this.writer.durable.bytes - from.bytes
    const [oldest] = this.#ended
    if (!oldest || kept(oldest.start.from) <= limits.totalBytesMax) return null
    const known = trackGtids(engine, applied)
    // In order of the log, so those that may go stand before those that may not.
    return (
      this.#ended.findLast(
        ({ start, end }) => kept(start.from) > limits.totalBytesMax && known.hasAll(end.gtid),
      ) ?? null
    )
  }
}
