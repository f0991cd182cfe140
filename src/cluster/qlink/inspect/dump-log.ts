import { open } from 'node:fs/promises'
import { scanBinlog } from '../../../clients/binlog/scan-binlog.js'
import { readSliceFormat } from '../../../clients/binlog/slice-events.js'
import { isSameFormat } from '../log/format-event.js'
import { logDamaged } from '../log/log-damaged.js'
import type { LogReader } from '../log/log-reader.js'
import type { LogRange, LogSelection } from './log-selection.js'
import { selectRanges } from './log-selection.js'

export interface DumpResult {
  readonly transactions: number
  readonly bytes: number
  readonly first: string | null
  readonly last: string | null
}

const magic = Buffer.from([0xfe, 0x62, 0x69, 0x6e])
const chunkBytes = 1024 * 1024

/**
 * Writes a part of the log as one binlog file, and verifies every event on the way. Nothing is written when the part is
 * empty. Throws QLINK_NOT_LOGGED, QLINK_LOG_DAMAGED, CANCELLED, and what `write` throws.
 */
export async function dumpLog(
  reader: LogReader,
  selection: LogSelection,
  target: { readonly write: (bytes: Buffer) => Promise<void>; readonly signal: AbortSignal },
): Promise<DumpResult> {
  const dump = new Dump(reader, selection, target.write)
  const scan = await scanBinlog(dump.bytes(), () => undefined, { signal: target.signal })
  if (dump.result.transactions > 0 && scan.damage !== null) {
    const { offset, reason } = scan.damage
    throw logDamaged({ file: dump.place, offset, reason: `${reason} (offset in what was written)` })
  }
  return dump.result
}

class Dump {
  result: DumpResult = { transactions: 0, bytes: 0, first: null, last: null }
  /** The segment that is being copied. */
  place = ''
  #format: Buffer | null = null

  constructor(
    private readonly reader: LogReader,
    private readonly selection: LogSelection,
    private readonly write: (bytes: Buffer) => Promise<void>,
  ) {}

  async *bytes(): AsyncGenerator<Buffer> {
    for await (const range of selectRanges(this.reader, this.selection)) {
      this.place = range.path
      for await (const bytes of this.#rangeBytes(range)) {
        await this.write(bytes)
        this.result = { ...this.result, bytes: this.result.bytes + bytes.length }
        yield bytes
      }
    }
  }

  async *#rangeBytes(range: LogRange): AsyncGenerator<Buffer> {
    const { path, index, first, last } = range
    const format = (await readSliceFormat(path)).event
    if (this.#format === null) yield magic
    // A file may change its format in the middle, where a leader of another version took over.
    if (this.#format === null || !isSameFormat(format, this.#format)) yield format
    this.#format = format
    const [begin, end] = [index.entry(first), index.entry(last)]
    this.result = {
      ...this.result,
      transactions: this.result.transactions + last - first + 1,
      first: this.result.first ?? begin.gtid,
      last: end.gtid,
    }
    yield* fileBytes(path, { from: begin.offset, to: end.offset + end.length })
  }
}

async function* fileBytes(
  path: string,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  try {
    for (let at = range.from; at < range.to; ) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, range.to - at))
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) return
      yield chunk.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    await file.close()
  }
}
