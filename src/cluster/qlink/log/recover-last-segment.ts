import { stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Disk } from './disk.js'
import { checksumOf } from './ended-segment.js'
import type { SegmentIndex, SegmentStart } from './index-file.js'
import { readIndex } from './index-file.js'
import { logDamaged } from './log-damaged.js'
import type { ResumedSegment } from './open-segment.js'
import { putIndex } from './put-index.js'
import { scanSegment } from './rebuilt-index.js'
import { indexFileOf, segmentFileOf } from './segment-name.js'

export interface LastSegmentOptions {
  readonly disk: Disk
  readonly dir: string
  /** What the segment must be when its index does not say so. */
  readonly start: SegmentStart
  readonly signal?: AbortSignal | undefined
}

export interface LastSegment {
  /** null: there was nothing in it, and it is gone. */
  readonly last: ResumedSegment | null
  readonly index: SegmentIndex
  readonly cutBytes: number
}

/** The segment that was written to when its writer ended. Throws QLINK_LOG_DAMAGED and the system's errors. */
export async function recoverLastSegment(options: LastSegmentOptions): Promise<LastSegment> {
  const { disk, dir, start } = options
  const file = segmentFileOf(dir, start.segment)
  const indexPath = indexFileOf(dir, start.segment)
  const found = await examine(options, { file, known: await readIndex(indexPath) })
  const { index, format, bytes, crc } = found
  if (format === null) {
    await disk.remove(indexPath)
    await disk.remove(file)
    await disk.syncDir(dir)
    return { last: null, index, cutBytes: 0 }
  }
  await cutTo(disk, file, bytes)
  if (!found.indexIsRight) await putIndex(disk, indexPath, index, { size: bytes, crc })
  await disk.syncDir(dir)
  const written = { bytes: index.bytes.length, crc: crc32(index.bytes) }
  const last = { start: index.start, format, bytes, crc, transactions: index.count, index: written }
  return { last, index, cutBytes: found.cutBytes }
}

interface Examined {
  /** null: not even that is there. */
  readonly format: Buffer | null
  readonly index: SegmentIndex
  readonly indexIsRight: boolean
  /** Up to the end of the last whole transaction, and their checksum. */
  readonly bytes: number
  readonly crc: number
  readonly cutBytes: number
}

async function examine(
  options: LastSegmentOptions,
  { file, known }: { readonly file: string; readonly known: SegmentIndex | null },
): Promise<Examined> {
  const indexed = known?.ending ? await checksumOf(file, known.ending.size) : null
  const trusted = known?.ending && indexed?.crc === known.ending.crc ? known : null
  const { signal } = options
  const { scan, index } = await scanSegment(file, known?.start ?? options.start, { signal, trusted })
  assertNothingLost({ file, scanned: scan, known })
  const { crc, restIsZero } = await checksumOf(file, scan.end)
  const cutBytes = restIsZero ? 0 : (await stat(file)).size - scan.end
  const format = scan.format?.event ?? null
  const indexIsRight = trusted?.bytes.equals(index.bytes) ?? false
  return { format, index, indexIsRight, bytes: scan.end, crc, cutBytes }
}

/**
 * A torn end is what a crash leaves of a group that was never acknowledged. Anything else is damage: readable events
 * behind the flaw, or a flaw among transactions that the index names, because they are indexed when they are durable.
 * Throws QLINK_LOG_DAMAGED.
 */
export function assertNothingLost(facts: {
  readonly file: string
  readonly scanned: {
    readonly end: number
    readonly damage: { kind: string; offset: number; reason: string } | null
  }
  readonly known: SegmentIndex | null
}): void {
  const { file, scanned, known } = facts
  const { damage } = scanned
  if (damage?.kind === 'damaged') throw logDamaged({ file, ...damage })
  const last = known && known.count > 0 ? known.entry(known.count - 1) : null
  if (!last || scanned.end >= last.offset + last.length) return
  const why = damage?.reason ?? 'the file ends there'
  const reason = `${why}; its index has transactions up to ${last.gtid}, which had been made durable`
  throw logDamaged({ file, offset: damage?.offset ?? scanned.end, reason })
}

async function cutTo(disk: Disk, path: string, bytes: number): Promise<void> {
  const file = await disk.open(path)
  try {
    await file.truncate(bytes)
    // Also what the writer before us had written but not synced: from here on it counts as durable.
    await file.sync()
  } finally {
    await file.close()
  }
}
