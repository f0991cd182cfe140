import { dirname } from 'node:path'
import type { Disk, DiskFile } from './disk.js'

/** In small portions, because a commit's own sync waits for whatever the disk has to do. */
const zeros = Buffer.alloc(256 * 1024)

/** Fills a part of a synced file with zeros, so that its blocks are there and written before anybody waits for them. */
export async function fillWithZeros(
  file: DiskFile,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
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
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(
    private readonly disk: Disk,
    private readonly options: {
      readonly path: string
      readonly bytes: number
      /** Not at once: the first commits of an epoch have the disk for themselves. */
      readonly afterMs: number
    },
  ) {}

  get isReady(): boolean {
    return this.#ready !== null
  }

  /** Starts to make one in a while, unless there is one. */
  prepare(): void {
    if (this.#ready || this.#making || this.#timer || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#making = this.#make()
    }, this.options.afterMs)
  }

  /** The spare under its new name; null when none is ready. The folder is not synced. */
  async take(as: string): Promise<DiskFile | null> {
    const file = this.#ready
    this.#ready = null
    if (file === null) return null
    try {
      await this.disk.rename(this.options.path, as)
      return file
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#making
    await this.#ready?.close().catch(() => undefined)
    this.#ready = null
    await this.disk.remove(this.options.path).catch(() => undefined)
  }

  /** Never rejects. */
  async #make(): Promise<void> {
    const { path, bytes } = this.options
    let file: DiskFile | null = null
    try {
      await this.disk.remove(path)
      file = await this.disk.make(path, 'synced')
      for (let at = 0; at < bytes && !this.#closed; at += zeros.length)
        await fillWithZeros(file, { from: at, to: Math.min(bytes, at + zeros.length) })
      await this.disk.syncDir(dirname(path))
      this.#ready = file
    } catch {
      await file?.close().catch(() => undefined)
      await this.disk.remove(path).catch(() => undefined)
    } finally {
      this.#making = null
    }
  }
}
