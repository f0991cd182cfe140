import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { LogEnd } from '../../../model/qlink.js'
import type { SegmentIndex, SegmentStart } from './index-file.js'
import { endOf } from './index-file.js'
import { logDamaged } from './log-damaged.js'

/** A segment that is not written to any more. */
export interface EndedSegment {
  readonly start: SegmentStart
  readonly end: LogEnd
  readonly bytes: number
}

const chunkBytes = 1024 * 1024

/**
 * Whether a segment is what its index says, to the last byte: one checksum over all, many times as fast as one for each
 * event. False also when that is not known, because the index is not whole.
 */
export async function isAsIndexed(path: string, index: SegmentIndex | null): Promise<boolean> {
  if (!index?.ending) return false
  const found = await checksumOf(path, index.ending.size)
  return found.crc === index.ending.crc && found.restIsZero
}

/** A segment in its place among the others. Throws QLINK_LOG_DAMAGED when something between them is missing. */
export function endedSegment(
  index: SegmentIndex,
  facts: {
    readonly file: string
    readonly bytes: number
    readonly before: LogEnd
    readonly engine: 'mariadb' | 'mysql'
  },
): EndedSegment {
  const { start } = index
  const { file, bytes, before, engine } = facts
  if (start.from.gtid !== before.gtid || start.from.transactions !== before.transactions) {
    const reason = `It continues the log from ${placeText(start.from)}, but what is before it ends at ${placeText(before)}.`
    throw logDamaged({ file, offset: 0, reason })
  }
  return { start, end: endOf(index, engine), bytes }
}

/** CRC32 of the first `size` bytes, or of fewer when there are fewer, and whether only zeros follow. */
export async function checksumOf(
  path: string,
  size: number,
): Promise<{ readonly crc: number; readonly restIsZero: boolean }> {
  const file = await open(path, 'r')
  const chunk = Buffer.allocUnsafe(chunkBytes)
  try {
    let crc = 0
    let restIsZero = true
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, at)
      if (bytesRead === 0) return { crc, restIsZero: restIsZero && at >= size }
      const inside = Math.max(0, Math.min(bytesRead, size - at))
      if (inside > 0) crc = crc32(chunk.subarray(0, inside), crc)
      restIsZero &&= isZero(chunk.subarray(inside, bytesRead))
      at += bytesRead
    }
  } finally {
    await file.close()
  }
}

function isZero(bytes: Buffer): boolean {
  return (
    bytes.length === 0 || (bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0)
  )
}

function placeText({ gtid, transactions }: LogEnd): string {
  return transactions === 0 ? 'its beginning' : `transaction ${transactions} (${gtid})`
}
