import { readdir, stat } from 'node:fs/promises'
import type { Context } from '../../../kit/context.js'
import { asStep } from '../../../kit/events.js'
import type { LogEnd } from '../../../model/qlink.js'
import { checksumOf } from '../log/ended-segment.js'
import { readEpochJournal } from '../log/epoch-journal.js'
import type { SegmentIndex, SegmentStart } from '../log/index-file.js'
import { endOf, readIndex } from '../log/index-file.js'
import type { LogDamage } from '../log/log-damaged.js'
import { logDirOf } from '../log/qlink-log.js'
import { scanSegment } from '../log/rebuilt-index.js'
import { readRetirement } from '../log/retirement.js'
import { indexFileOf, segmentFileOf, segmentsAmong } from '../log/segment-name.js'
import type { LogView } from './log-view.js'

export interface LogVerification {
  readonly segments: number
  readonly transactions: number
  readonly bytes: number
  readonly bytesPerSecond: number
  readonly journalRecords: number
  /** In the order of the log; the journal first. */
  readonly damages: readonly LocatedDamage[]
}

export interface LocatedDamage extends LogDamage {
  /** Of the transaction in which the damage lies, as far as that is known. */
  readonly gtid: string | null
}

/** The step under which the verification shows its progress. */
const step = 'qlink.verify'
const megabyte = 1_000_000

/**
 * Reads everything that qlink keeps: the checksum of each event and of each line of the journal, each index against its
 * segment, each segment's beginning against the end of the one before. What a qlink that runs has not yet synced is not
 * looked at. Damage is an answer, not an error; one segment has at most one, where reading it ends. Throws CANCELLED.
 */
export async function verifyLog(view: LogView, context: Context): Promise<LogVerification> {
  const verification = new Verification(view, context)
  return asStep(
    context.emit,
    { step, title: "Verify qlink's log" },
    context.clock,
    () => verification.run(),
    ({ bytes, bytesPerSecond }) =>
      `${(bytes / megabyte).toFixed(1)} MB at ${(bytesPerSecond / megabyte).toFixed(0)} MB/s`,
  )
}

class Verification {
  readonly #damages: LocatedDamage[] = []
  #transactions = 0
  #bytes = 0
  #totalBytes = 0
  readonly #startedMs: number

  constructor(
    private readonly view: LogView,
    private readonly context: Context,
  ) {
    this.#startedMs = context.clock.monotonicMs()
  }

  async run(): Promise<LogVerification> {
    const dir = logDirOf(this.view.dataDir)
    const journal = await readEpochJournal(this.view.dataDir)
    if (journal.damage) this.#damages.push({ ...journal.damage, gtid: null })
    const numbers = segmentsAmong(await readdir(dir).catch(() => []))
    this.#totalBytes = (await Promise.all(numbers.map((each) => sizeOf(segmentFileOf(dir, each))))).reduce(
      (sum, size) => sum + size,
      0,
    )
    let before = (await readRetirement(dir)).end
    let expected = numbers[0] ?? 0
    for (const number of numbers) {
      if (number !== expected) this.#missing(segmentFileOf(dir, expected))
      before = await this.#segment(dir, { number, before, isLast: number === numbers.at(-1) })
      expected = number + 1
    }
    const seconds = Math.max(0.001, (this.context.clock.monotonicMs() - this.#startedMs) / 1000)
    return {
      segments: numbers.length,
      transactions: this.#transactions,
      bytes: this.#bytes,
      bytesPerSecond: this.#bytes / seconds,
      journalRecords: journal.records.length,
      damages: this.#damages,
    }
  }

  /** Returns where the log stands behind the segment. */
  async #segment(
    dir: string,
    {
      number,
      before,
      isLast,
    }: { readonly number: number; readonly before: LogEnd; readonly isLast: boolean },
  ): Promise<LogEnd> {
    const file = segmentFileOf(dir, number)
    const indexFile = indexFileOf(dir, number)
    const known = await readIndex(indexFile)
    const start: SegmentStart = known?.start ?? { segment: number, epoch: 0, from: before }
    const { scan, index } = await scanSegment(file, start, this.context)
    this.#transactions += index.count
    this.#bytes += await sizeOf(file)
    this.#progress()
    if (start.from.transactions !== before.transactions || start.from.gtid !== before.gtid)
      this.#damages.push({ file, offset: 0, reason: 'what is before it in the log is missing', gtid: null })
    const flaw = scan.damage
    const { durable } = this.view
    // What a qlink that runs has not synced is in motion, and may look like anything.
    const isInMotion =
      isLast && durable !== null && start.from.transactions + index.count >= durable.transactions
    const isTornEnd = flaw?.kind === 'torn' && (isLast || (await endsInZeros(file, scan.end)))
    const isUnfinished = isInMotion || isTornEnd
    if (flaw && !isUnfinished)
      this.#damages.push({ file, offset: flaw.offset, reason: flaw.reason, gtid: gtidAt(known, flaw.offset) })
    else if (known) this.#compare({ file, indexFile, known, index })
    return known && known.count >= index.count
      ? endOf(known, this.view.engine)
      : endOf(index, this.view.engine)
  }

  /** The index may end early, but what it says must be so. */
  #compare(facts: {
    readonly file: string
    readonly indexFile: string
    readonly known: SegmentIndex
    readonly index: SegmentIndex
  }): void {
    const { file, indexFile, known, index } = facts
    const lost = known.count - index.count
    if (lost > 0) {
      const first = known.entry(index.count)
      const reason = `${lost} transactions that had been durable are not there`
      this.#damages.push({ file, offset: first.offset, reason, gtid: first.gtid })
    } else if (!index.bytes.subarray(0, known.bytes.length).equals(known.bytes)) {
      const reason = 'the index does not say what its segment has; the next start of qlink builds it anew'
      this.#damages.push({ file: indexFile, offset: 0, reason, gtid: null })
    } else if (known.strayBytes > 0) {
      const reason =
        'an entry of the index does not have its checksum; the next start of qlink builds it anew'
      this.#damages.push({ file: indexFile, offset: known.bytes.length, reason, gtid: null })
    }
  }

  #missing(file: string): void {
    this.#damages.push({ file, offset: 0, reason: 'the file is missing', gtid: null })
  }

  #progress(): void {
    const seconds = Math.max(0.001, (this.context.clock.monotonicMs() - this.#startedMs) / 1000)
    const perSecond = this.#bytes / megabyte / seconds
    this.context.emit({
      kind: 'step.progress',
      step,
      done: Math.round(this.#bytes / megabyte),
      total: Math.round(this.#totalBytes / megabyte),
      unit: 'MB',
      perSecond,
      etaMs: ((this.#totalBytes - this.#bytes) / megabyte / perSecond) * 1000,
    })
  }
}

/** The transaction of which the index says that it lies there. */
function gtidAt(index: SegmentIndex | null, offset: number): string | null {
  if (index === null) return null
  for (let each = 0; each < index.count; each++) {
    const { gtid, offset: begin, length } = index.entry(each)
    if (offset >= begin && offset < begin + length) return gtid
  }
  return null
}

async function endsInZeros(file: string, from: number): Promise<boolean> {
  return (await checksumOf(file, from)).restIsZero
}

/** 0 when retention takes the file away meanwhile. */
function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
