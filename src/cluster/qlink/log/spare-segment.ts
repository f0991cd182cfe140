import { dirname } from 'node:path'
import type { Disk, DiskFile } from './disk.js'

const zeros = Buffer.alloc(1024 * 1024)

/** Fills a part of a synced file with zeros, so that its blocks are there and written before anybody waits for them. */
export async function fillWithZeros(
  file: DiskFile,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  // In small portions, because a commit's own sync waits for whatever the disk has to do.
  for (let at = range.from; at < range.to; at += zeros.length)
    await file.write(zeros.subarray(0, Math.min(zeros.length, range.to - at)), at)
}

/**
 * A file of zeros that is made while nobody waits for it, and becomes the next segment. Syncing bytes that lie in blocks
 * which the file has already is cheaper, because the file system has nothing to note (about 0.13 instead of 0.21 ms per
 * sync on ext4). A disk without room for it only loses that.
 */
export class SpareSegment {
  #ready: DiskFile | null = null
  #making: Promise<void> | null = null
  #closed = false

  constructor(
    private readonly disk: Disk,
    private readonly path: string,
    private readonly bytes: number,
  ) {}

  /** Starts to make one, unless there is one. Never rejects. */
  prepare(): void {
    if (this.#ready || this.#making || this.#closed) return
    this.#making = this.#make().catch(() => undefined)
  }

  /** The spare under its new name; null when none is ready. The folder is not synced. */
  async take(as: string): Promise<DiskFile | null> {
    const file = this.#ready
    this.#ready = null
    if (file === null) return null
    try {
      await this.disk.rename(this.path, as)
      return file
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#making
    await this.#ready?.close().catch(() => undefined)
    this.#ready = null
    await this.disk.remove(this.path).catch(() => undefined)
  }

  async #make(): Promise<void> {
    let file: DiskFile | null = null
    try {
      await this.disk.remove(this.path)
      file = await this.disk.make(this.path, 'synced')
      for (let at = 0; at < this.bytes && !this.#closed; at += zeros.length)
        await fillWithZeros(file, { from: at, to: Math.min(this.bytes, at + zeros.length) })
      await this.disk.syncDir(dirname(this.path))
      this.#ready = file
    } catch {
      await file?.close().catch(() => undefined)
      await this.disk.remove(this.path).catch(() => undefined)
    } finally {
      this.#making = null
    }
  }
}
