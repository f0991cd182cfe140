import type { BinlogScan } from '../../../clients/binlog/scan-binlog.js'
import { scanBinlog } from '../../../clients/binlog/scan-binlog.js'
import { beginEntryOf, entryBytes, finishEntry } from './index-entry.js'
import type { SegmentIndex, SegmentStart } from './index-file.js'
import { indexHeader, indexOf } from './index-file.js'

/** An index that ends early, completed by scanning what its segment has behind it. */
export async function completedIndex(path: string, index: SegmentIndex): Promise<SegmentIndex> {
  if (index.count === 0) return (await scanSegment(path, index.start)).index
  const last = index.entry(index.count - 1)
  const entries: Buffer[] = []
  await scanBinlog(
    path,
    ({ gtid, atSeconds, offset, length }) => {
      const entry = Buffer.alloc(entryBytes)
      beginEntryOf(entry, 0, { gtid, atSeconds })
      finishEntry(entry, 0, { offset, length })
      entries.push(entry)
    },
    { from: last.offset + last.length },
  )
  return entries.length === 0 ? index : indexOf(index.start, Buffer.concat([index.bytes, ...entries]))
}

/** What a segment itself says: every event verified, and the index that belongs to it. Changes nothing. */
export async function scanSegment(
  path: string,
  start: SegmentStart,
  signal?: AbortSignal,
): Promise<{ readonly scan: BinlogScan; readonly index: SegmentIndex }> {
  const header = indexHeader(start)
  let bytes = Buffer.alloc(header.length + 1024 * entryBytes)
  header.copy(bytes)
  let at = header.length
  const scan = await scanBinlog(
    path,
    ({ gtid, atSeconds, offset, length }) => {
      if (at === bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)])
      beginEntryOf(bytes, at, { gtid, atSeconds })
      finishEntry(bytes, at, { offset, length })
      at += entryBytes
    },
    { signal },
  )
  return { scan, index: indexOf(start, bytes.subarray(0, at)) }
}
