import { crc32 } from 'node:zlib'
import type { DiskFile } from './disk.js'
import { endEntry, entryBytes } from './index-entry.js'

/** Entries wait for so long, so that one write takes those of many groups. */
const delayMs = 50
/** More than comes within the delay at 10,000 transactions a second. */
const pendingBytesMax = 256 * 1024

/** A part of a segment, from its first byte to the end of a whole transaction, with its CRC32. */
export interface SegmentPart {
  readonly size: number
  readonly crc: number
}

/**
 * Writes the index of the present segment behind its transactions. Its last entry is always the ending: up to where the
 * segment is durable and indexed, with one checksum over that. The next entries take its place. So whoever comes after a
 * crash checks that part at the speed of the disk, and looks at single events only behind it. The index is not synced
 * before its end, and a failure to write ends it: readers and the next recovery scan the segment instead.
 */
export class IndexWriter {
  #pending = Buffer.allocUnsafe(pendingBytesMax + entryBytes)
  #other = Buffer.allocUnsafe(pendingBytesMax + entryBytes)
  #length = 0
  #part: SegmentPart
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #intact = true

  constructor(
    private readonly file: DiskFile,
    /** What is in the file already, without an ending, with its checksum. */
    private written: { readonly bytes: number; readonly crc: number },
    part: SegmentPart,
  ) {
    this.#part = part
  }

  /** Takes over whole entries, which are copied; with them the index reaches to the end of `part`. */
  async add(entries: Buffer, part: SegmentPart): Promise<void> {
    if (this.#length + entries.length > pendingBytesMax) await this.flush()
    for (let at = 0; at < entries.length && this.#intact; ) {
      if (this.#length === pendingBytesMax) await this.flush()
      const count = Math.min(entries.length - at, pendingBytesMax - this.#length)
      entries.copy(this.#pending, this.#length, at, at + count)
      this.#length += count
      at += count
    }
    this.#part = part
    this.#timer ??= setTimeout(() => void this.flush(), delayMs)
  }

  /** Resolves when everything that was added is in the file, or the index has failed. Never rejects. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#writePending())
    return this.#writing
  }

  /** Makes the index durable. Never rejects. */
  async end(): Promise<void> {
    await this.flush()
    if (this.#intact) await this.file.sync().catch(ignore)
  }

  async close(): Promise<void> {
    await this.flush()
    await this.file.close().catch(ignore)
  }

  async #writePending(): Promise<void> {
    if (!this.#intact || this.#length === 0) return
    const full = this.#pending
    const { bytes: position, crc } = this.written
    const entries = full.subarray(0, this.#length)
    this.written = { bytes: position + entries.length, crc: crc32(entries, crc) }
    endEntry({ ...this.#part, indexCrc: this.written.crc }).copy(full, this.#length)
    const bytes = full.subarray(0, this.#length + entryBytes)
    this.#pending = this.#other
    this.#other = full
    this.#length = 0
    try {
      await this.file.write(bytes, position)
    } catch {
      this.#intact = false
    }
  }
}

const ignore = () => undefined
