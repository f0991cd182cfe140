import type { BinlogScan } from '../../../clients/binlog/scan-binlog.js'
import { scanBinlog } from '../../../clients/binlog/scan-binlog.js'
import { beginEntryOf, entryBytes, finishEntry } from './index-entry.js'
import type { SegmentIndex, SegmentStart } from './index-file.js'
import { indexHeader, indexOf } from './index-file.js'

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
