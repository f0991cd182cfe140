import type { EpochRecord, LogEnd } from '../../../model/qlink.js'
import type { Disk } from './disk.js'
import type { EndedSegment } from './ended-segment.js'
import { checksumOf, endedSegment, isAsIndexed } from './ended-segment.js'
import { epochAt } from './epoch-at.js'
import type { SegmentIndex, SegmentStart } from './index-file.js'
import { endOf, readIndex } from './index-file.js'
import { logDamaged } from './log-damaged.js'
import type { ResumedSegment } from './open-segment.js'
import { putIndex } from './put-index.js'
import { scanSegment } from './rebuilt-index.js'
import { assertNothingLost, recoverLastSegment } from './recover-last-segment.js'
import { readRetirement, removeRetired } from './retirement.js'
import { indexFileOf, segmentFileOf, segmentsAmong } from './segment-name.js'

export interface RecoverOptions {
  readonly disk: Disk
  /** The folder with the segments, which exists. */
  readonly dir: string
  readonly engine: 'mariadb' | 'mysql'
  /** Of the epoch journal, to know whose a segment was whose index is lost. */
  readonly records: readonly EpochRecord[]
  readonly signal?: AbortSignal | undefined
}

export interface RecoveredLog {
  readonly ended: readonly EndedSegment[]
  /** The segment to go on with; null when there is none. */
  readonly last: ResumedSegment | null
  readonly end: LogEnd
  /** Of `last`, or of the first segment to be made. */
  readonly segmentNumber: number
  /** What was cut from the end of the log: never acknowledged. */
  readonly cutBytes: number
}

/**
 * Makes a log ready to be written to after whatever ended its last writer. All bytes are verified; indexes that are
 * missing or damaged are built anew; what a crash left incomplete at the very end is cut. On return everything in it is
 * durable. Throws QLINK_LOG_DAMAGED, having changed nothing that was damaged, and the system's errors.
 */
export async function recoverLog(options: RecoverOptions): Promise<RecoveredLog> {
  const { disk, dir, engine } = options
  const retirement = await readRetirement(dir)
  await removeRetired(disk, dir, retirement)
  const numbers = segmentsAmong(await disk.list(dir))
  const missing = numbers.findIndex((number, index) => number !== retirement.segment + 1 + index)
  if (missing >= 0) {
    const file = segmentFileOf(dir, retirement.segment + 1 + missing)
    throw logDamaged({ file, offset: 0, reason: 'The file is missing; there are later ones.' })
  }
  const ended: EndedSegment[] = []
  let end = retirement.end
  for (const number of numbers.slice(0, -1)) {
    const segment = await checkEnded(options, number, end)
    ended.push(segment)
    end = segment.end
  }
  const lastNumber = numbers.at(-1)
  if (lastNumber === undefined)
    return { ended, last: null, end, segmentNumber: retirement.segment + 1, cutBytes: 0 }
  const start = startOf(options, lastNumber, end)
  const { last, cutBytes, index } = await recoverLastSegment({ ...options, start })
  if (last)
    endedSegment(index, { file: segmentFileOf(dir, lastNumber), bytes: last.bytes, before: end, engine })
  return { ended, last, end: last ? endOf(index, engine) : end, segmentNumber: lastNumber, cutBytes }
}

async function checkEnded(options: RecoverOptions, number: number, before: LogEnd): Promise<EndedSegment> {
  const { dir, engine } = options
  const file = segmentFileOf(dir, number)
  const index = await readIndex(indexFileOf(dir, number))
  if (index?.ending && (await isAsIndexed(file, index)))
    return endedSegment(index, { file, bytes: index.ending.size, before, engine })
  const rebuilt = await rebuildIndex(options, { file, known: index, start: startOf(options, number, before) })
  return endedSegment(rebuilt.index, { file, bytes: rebuilt.bytes, before, engine })
}

/** The segment is the truth: when all its events are right, its index is made anew from it. */
async function rebuildIndex(
  { disk, dir, signal }: RecoverOptions,
  segment: { readonly file: string; readonly known: SegmentIndex | null; readonly start: SegmentStart },
): Promise<{ readonly index: SegmentIndex; readonly bytes: number }> {
  const { file, known, start } = segment
  const { scan, index } = await scanSegment(file, known?.start ?? start, { signal })
  assertNothingLost({ file, scanned: scan, known })
  const { crc, restIsZero } = await checksumOf(file, scan.end)
  // Zeros are the room that a segment was made with; a torn end stands at the end of the log only.
  if (scan.damage && !restIsZero) throw logDamaged({ file, ...scan.damage })
  await putIndex(disk, indexFileOf(dir, start.segment), index, { size: scan.end, crc })
  return { index, bytes: scan.end }
}

function startOf({ records, engine }: RecoverOptions, segment: number, from: LogEnd): SegmentStart {
  return { segment, epoch: epochAt(records, { position: from.gtid, engine }), from }
}
