import { crc32 } from 'node:zlib'
import type { Disk } from './disk.js'
import { endEntry } from './index-entry.js'
import type { SegmentIndex } from './index-file.js'
import type { SegmentPart } from './index-writer.js'

/** Writes an index anew, durably, with the part of its segment that it covers. */
export async function putIndex(
  disk: Disk,
  path: string,
  index: SegmentIndex,
  part: SegmentPart,
): Promise<void> {
  await disk.remove(path)
  const file = await disk.make(path)
  try {
    await file.write(index.bytes, 0)
    await file.write(endEntry({ ...part, indexCrc: crc32(index.bytes) }), index.bytes.length)
    await file.sync()
  } finally {
    await file.close()
  }
}
