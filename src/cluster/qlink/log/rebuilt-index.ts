import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import type { BinlogScan } from '../../../clients/binlog/scan-binlog.js'
import { scanBinlog } from '../../../clients/binlog/scan-binlog.js'
import { readSliceFormat } from '../../../clients/binlog/slice-events.js'
import { beginEntryOf, entryBytes, finishEntry } from './index-entry.js'
import type { SegmentIndex, SegmentStart } from './index-file.js'
import { indexHeader, indexOf } from './index-file.js'

export interface ScanSegmentOptions {
  /** An index of which the whole part that it covers is known to be right: only what is behind is looked at. */
  readonly trusted?: SegmentIndex | null
  readonly signal?: AbortSignal | undefined
}

/** What a segment itself says: its events verified, and the index that belongs to it. Changes nothing. */
export async function scanSegment(
  path: string,
  start: SegmentStart,
  { trusted = null, signal }: ScanSegmentOptions = {},
): Promise<{ readonly scan: BinlogScan; readonly index: SegmentIndex }> {
  const known = trusted?.ending ? trusted.bytes : indexHeader(start)
  const part = trusted?.ending ? await behindTrusted(path, trusted.ending.size) : wholeFile
  let bytes = Buffer.alloc(known.length + 1024 * entryBytes)
  known.copy(bytes)
  let at = known.length
  const scan = await scanBinlog(
    usedBytes(path, part),
    ({ gtid, atSeconds, offset, length }) => {
      if (at + entryBytes > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)])
      beginEntryOf(bytes, at, { gtid, atSeconds })
      finishEntry(bytes, at, { offset: offset + part.shift, length })
      at += entryBytes
    },
    { signal },
  )
  return { scan: shifted(scan, part.shift), index: indexOf(start, bytes.subarray(0, at)) }
}

/** The index of a segment to its end, where the index itself may end early; what it has is taken as it is. */
export async function completedIndex(path: string, index: SegmentIndex): Promise<SegmentIndex> {
  if (index.count === 0) return (await scanSegment(path, index.start)).index
  const { offset, length } = index.entry(index.count - 1)
  const trusted = { ...index, ending: { size: offset + length, crc: 0, indexCrc: 0 } }
  return (await scanSegment(path, index.start, { trusted })).index
}

/** The head of a file, and what is in it from an offset on, as if the one stood right behind the other. */
interface FilePart {
  readonly head: number
  readonly from: number
  /** From an offset in the part to that in the file. */
  readonly shift: number
}

const wholeFile: FilePart = { head: 0, from: 0, shift: 0 }

async function behindTrusted(path: string, size: number): Promise<FilePart> {
  const head = magicBytes + (await readSliceFormat(path)).event.length
  return { head, from: size, shift: size - head }
}

function shifted(scan: BinlogScan, shift: number): BinlogScan {
  const damage = scan.damage && { ...scan.damage, offset: scan.damage.offset + shift }
  return { ...scan, end: scan.end + shift, size: scan.size + shift, damage }
}

const magicBytes = 4
const chunkBytes = 1024 * 1024
/** More zeros than the last event of a transaction can end with. */
const slackBytes = 4096

/** Without the zeros that the file was made with: looking through them for events takes longer than all the rest. */
async function* usedBytes(path: string, { head, from }: FilePart): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const end = Math.min(size, Math.max(from, await lastNonZero(file, size)) + slackBytes)
    yield* bytesOf(file, { from: 0, to: Math.min(head, end) })
    yield* bytesOf(file, { from, to: end })
  } finally {
    await file.close()
  }
}

async function* bytesOf(
  file: FileHandle,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - at))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}

async function lastNonZero(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let to = size; to > 0; to -= chunkBytes) {
    const from = Math.max(0, to - chunkBytes)
    const { bytesRead } = await file.read(chunk, 0, to - from, from)
    for (let at = bytesRead - 1; at >= 0; at--) if (chunk[at] !== 0) return from + at + 1
  }
  return 0
}
