import { open, readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import type { LogEnd } from '../../../model/qlink.js'
import { errnoOf } from '../../../sys/files.js'
import type { IndexEntry, SegmentEnding } from './index-entry.js'
import { entryBytes, isEndEntry, isWholeEntry, readDomain, readEndEntry, readEntry } from './index-entry.js'

/** What stands at the head of an index: what its segment is, and what the log held before it. */
export interface SegmentStart {
  readonly segment: number
  readonly epoch: number
  readonly from: LogEnd
}

/** The index of one segment as it was read: everything up to the first entry that is not whole. */
export interface SegmentIndex {
  readonly start: SegmentStart
  readonly count: number
  /** Up to where the segment was durable and indexed, with its checksum; null when the index is not whole. */
  readonly ending: SegmentEnding | null
  /** The header and the entries, without an ending. */
  readonly bytes: Buffer
  /** What is behind the whole entries and the ending: nothing, unless the file was torn or damaged. */
  readonly strayBytes: number
  entry(index: number): IndexEntry
}

const magic = Buffer.from('CLQINDX1', 'latin1')
/** A position of MariaDB has a few bytes; a GTID set of MySQL after many changes of the master some hundred. */
const headerBytesMax = 64 * 1024
/** Magic, size of the header, size of its JSON text. */
const preludeBytes = magic.length + 8

/** The header's bytes: magic, two sizes, JSON, zeros up to a multiple of an entry, CRC32 of all that. */
export function indexHeader(start: SegmentStart): Buffer {
  const text = Buffer.from(JSON.stringify(start), 'utf8')
  const size = Math.ceil((preludeBytes + text.length + 4) / entryBytes) * entryBytes
  const bytes = Buffer.alloc(size)
  magic.copy(bytes)
  bytes.writeUInt32LE(size, 8)
  bytes.writeUInt32LE(text.length, 12)
  text.copy(bytes, preludeBytes)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, size - 4)), size - 4)
  return bytes
}

/** What an index says its segment is, without reading the entries; null when there is none, or it is not whole. */
export async function readSegmentStart(path: string): Promise<SegmentStart | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  })
  if (file === null) return null
  try {
    const bytes = Buffer.alloc(headerBytesMax)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return headerOf(bytes.subarray(0, bytesRead))?.start ?? null
  } finally {
    await file.close()
  }
}

/** Reads an index and checks it. null when there is none, or its header is not whole: then it can be built anew. */
export async function readIndex(path: string): Promise<SegmentIndex | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  })
  const header = bytes && headerOf(bytes)
  if (!header) return null
  const { start, size } = header
  const intact = endingOf(bytes)
  const end = intact ? bytes.length - entryBytes : wholeEntriesEnd(bytes, size)
  const ending = intact ?? (isWholeEntry(bytes, end) ? readEndEntry(bytes, end) : null)
  const strayBytes = bytes.length - end - (ending ? entryBytes : 0)
  return { ...indexOf(start, bytes.subarray(0, end)), ending, strayBytes }
}

/** An index over a header and whole entries, wherever they come from. */
export function indexOf(start: SegmentStart, bytes: Buffer): SegmentIndex {
  const first = bytes.readUInt32LE(8)
  return {
    start,
    count: (bytes.length - first) / entryBytes,
    ending: null,
    bytes,
    strayBytes: 0,
    entry: (index) => readEntry(bytes, first + index * entryBytes),
  }
}

/** Where the log stands behind the last transaction of an index. */
export function endOf(index: SegmentIndex, engine: 'mariadb' | 'mysql'): LogEnd {
  const { from } = index.start
  if (index.count === 0) return from
  const first = index.entry(0)
  const last = index.entry(index.count - 1)
  return {
    gtid: endPositionOf(index, engine),
    transactions: from.transactions + index.count,
    bytes: from.bytes + last.offset + last.length - first.offset,
  }
}

/** The position of everything up to the end of a segment. */
function endPositionOf(index: SegmentIndex, engine: 'mariadb' | 'mysql'): string {
  const tracker = trackGtids(engine, index.start.from.gtid)
  if (engine === 'mysql') {
    for (let each = 0; each < index.count; each++) tracker.add(index.entry(each).gtid)
    return tracker.text()
  }
  // A position is the last transaction of each domain, so only the last before a change of domain counts.
  const first = index.bytes.length - index.count * entryBytes
  for (let each = 0; each < index.count; each++) {
    const at = first + each * entryBytes
    const isLast = each === index.count - 1
    if (isLast || readDomain(index.bytes, at) !== readDomain(index.bytes, at + entryBytes))
      tracker.add(index.entry(each).gtid)
  }
  return tracker.text()
}

/** The ending, when the checksum that it holds of the whole index is right: then no entry need be looked at. */
function endingOf(bytes: Buffer): SegmentEnding | null {
  const at = bytes.length - entryBytes
  if (at < 0 || !isWholeEntry(bytes, at) || !isEndEntry(bytes, at)) return null
  const ending = readEndEntry(bytes, at)
  return ending.indexCrc === crc32(bytes.subarray(0, at)) ? ending : null
}

function wholeEntriesEnd(bytes: Buffer, first: number): number {
  let at = first
  while (isWholeEntry(bytes, at) && !isEndEntry(bytes, at)) at += entryBytes
  return at
}

function headerOf(bytes: Buffer): { readonly start: SegmentStart; readonly size: number } | null {
  if (bytes.length < preludeBytes || !bytes.subarray(0, magic.length).equals(magic)) return null
  const size = bytes.readUInt32LE(8)
  const textBytes = bytes.readUInt32LE(12)
  if (size > bytes.length || preludeBytes + textBytes + 4 > size) return null
  if (bytes.readUInt32LE(size - 4) !== crc32(bytes.subarray(0, size - 4))) return null
  const text = bytes.toString('utf8', preludeBytes, preludeBytes + textBytes)
  return { start: JSON.parse(text) as SegmentStart, size }
}
