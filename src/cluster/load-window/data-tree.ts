import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pageBuffers } from '../../sys/direct-io.js'

/** What is below a folder, by paths relative to it; `.` is the folder itself. */
export interface DataTree {
  readonly dirs: readonly string[]
  readonly files: readonly DataFile[]
}

export interface DataFile {
  readonly path: string
  readonly bytes: number
}

/** `except`: names at the top of `root` that are left out. */
export async function listTree(root: string, except: RegExp): Promise<DataTree> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const dirs = ['.']
  const files: DataFile[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1)
    if (except.test(path)) continue
    if (entry.isDirectory()) dirs.push(path)
    else if (entry.isFile()) files.push({ path, bytes: (await stat(join(root, path))).size })
  }
  return { dirs, files }
}

/** More at a time only fight for one disk. */
const filesAtATime = 2
/** Large enough to keep a disk busy, small enough to stay in the processor's cache. */
const blockBytes = 1024 * 1024

/**
 * Works through files, two at a time, with so many page buffers for each. After a failure nobody begins another, and it is
 * thrown when all are idle.
 */
export async function eachFile<File extends DataFile>(
  files: readonly File[],
  buffers: number,
  work: (file: File, blocks: readonly Buffer[]) => Promise<void>,
): Promise<void> {
  const waiting = [...files]
  const blocks = pageBuffers(filesAtATime * buffers, blockBytes)
  const works = Array.from({ length: filesAtATime }, async (_, index) => {
    const own = blocks.slice(index * buffers, (index + 1) * buffers)
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await work(file, own)
  })
  for (const each of works) each.catch(() => waiting.splice(0))
  for (const outcome of await Promise.allSettled(works))
    if (outcome.status === 'rejected') throw outcome.reason
}
