import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { assert } from '../kit/assert.js'
import { errnoOf } from './files.js'

/** What {@link pageBuffers} begin at, and more than any disk's unit: positions and lengths must be multiples of it. */
export const pageBytes = 4096
const wasmPageBytes = 65_536

/** The one part of it that is used; Node's types know nothing of it. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
}

/**
 * Buffers that begin at a page, as reading and writing past the system's cache demands. Node's own begin anywhere; the
 * memory of WebAssembly begins at a page.
 */
export function pageBuffers(count: number, bytes: number): Buffer[] {
  assert(bytes % wasmPageBytes === 0, `${bytes} is no multiple of ${wasmPageBytes}`)
  const { buffer } = new WebAssembly.Memory({ initial: (count * bytes) / wasmPageBytes })
  return Array.from({ length: count }, (_, index) => Buffer.from(buffer, index * bytes, bytes))
}

/**
 * Opens a file so that what is read comes from the disk and what is written goes there: without the copy in the
 * system's cache, which costs more than the disk does and pushes out what others need. Where the filesystem cannot, it
 * is opened as usual. `bytes`: its size; one that does not end with a page is opened as usual, too.
 */
export async function openPastCache(path: string, flags: number, bytes: number): Promise<FileHandle> {
  if (bytes % pageBytes !== 0) return open(path, flags)
  try {
    return await open(path, flags | constants.O_DIRECT)
  } catch (error) {
    if (errnoOf(error) !== 'EINVAL') throw error
    return open(path, flags)
  }
}
