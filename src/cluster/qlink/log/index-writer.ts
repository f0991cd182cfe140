import { crc32 } from 'node:zlib'
import type { DiskFile } from './disk.js'
import { endEntry } from './index-entry.js'

/** Entries wait for so long, so that one write takes those of many groups. */
const delayMs = 50
/** More than comes within the delay at 10,000 transactions a second. */
const pendingBytesMax = 256 * 1024

/**
 * Writes the index of the present segment behind its transactions. It is not synced before its end, and a failure to
 * write ends it: readers and the next recovery scan the segment instead.
 */
export class IndexWriter {
  #pending = Buffer.allocUnsafe(pendingBytesMax)
  #other = Buffer.allocUnsafe(pendingBytesMax)
  #length = 0
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | null = null
  #intact = true

  constructor(
    private readonly file: DiskFile,
    /** What is in the file already, with its checksum. */
    private written: { readonly bytes: number; readonly crc: number },
  ) {}

  /** Takes over whole entries; they are copied. */
  async add(entries: Buffer): Promise<void> {
    for (let at = 0; at < entries.length && this.#intact; ) {
      if (this.#length === pendingBytesMax) await this.flush()
      const part = Math.min(entries.length - at, pendingBytesMax - this.#length)
      entries.copy(this.#pending, this.#length, at, at + part)
      this.#length += part
      at += part
    }
    this.#timer ??= setTimeout(() => void this.flush(), delayMs)
  }

  /** Resolves when everything that was added is in the file, or the index has failed. Never rejects. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#writePending())
    return this.#writing
  }

  /** Says what the segment was ended with, durably. Never rejects. */
  async end(segment: { readonly size: number; readonly crc: number }): Promise<void> {
    await this.flush()
    const entry = endEntry({ ...segment, indexCrc: this.written.crc })
    if (this.#intact) await this.file.write(entry, this.written.bytes).then(() => this.file.sync(), ignore)
  }

  async close(): Promise<void> {
    await this.flush()
    await this.file.close().catch(ignore)
  }

  async #writePending(): Promise<void> {
    if (!this.#intact || this.#length === 0) return
    const full = this.#pending
    const bytes = full.subarray(0, this.#length)
    const { bytes: position, crc } = this.written
    this.#pending = this.#other
    this.#other = full
    this.#length = 0
    this.written = { bytes: position + bytes.length, crc: crc32(bytes, crc) }
    try {
      await this.file.write(bytes, position)
    } catch {
      this.#intact = false
    }
  }
}

const ignore = () => undefined
