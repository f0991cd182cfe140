import { crc32 } from 'node:zlib'
import type { Disk } from './disk.js'
import { endEntry } from './index-entry.js'
import type { SegmentIndex } from './index-file.js'

/** Writes an index anew, durably; with an ending when its segment is ended. */
export async function putIndex(
  disk: Disk,
  path: string,
  index: SegmentIndex,
  ended: { readonly size: number; readonly crc: number } | null = null,
): Promise<void> {
  await disk.remove(path)
  const file = await disk.make(path)
  try {
    await file.write(index.bytes, 0)
    if (ended) await file.write(endEntry({ ...ended, indexCrc: crc32(index.bytes) }), index.bytes.length)
    await file.sync()
  } finally {
    await file.close()
  }
}
