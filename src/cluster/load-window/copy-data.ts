import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../../kit/context.js'
import { CorelabError, cancelled, corelabError, reasonOf } from '../../kit/errors.js'
import { formatBytes } from '../../kit/units.js'
import { errnoOf, removeTree } from '../../sys/files.js'

export interface CopyOptions {
  readonly from: string
  /** Folders that do not exist, or are left from an attempt before. */
  readonly to: readonly string[]
  /** Names at the top of `from` that are left out. */
  readonly except: RegExp
  /** The step whose progress it is. */
  readonly step: string
}

/** More at a time only fight for one disk. */
const filesAtATime = 2
const progressIntervalMs = 250

/**
 * Copies a folder of data files to several places, each file to all of them before the next one, so that it is read from
 * the disk once. Everything is on disk when it is over. Throws DISK_TOO_SMALL, LOAD_FAILED with the path, CANCELLED; then no
 * copy is left.
 */
export async function copyData(options: CopyOptions, context: Context): Promise<{ readonly bytes: number }> {
  const { from, to, except } = options
  try {
    for (const each of to) await removeTree(each)
    const { dirs, files } = await listTree(from, except)
    for (const each of to)
      for (const dir of dirs) await mkdir(join(each, dir), { recursive: true, mode: 0o700 })
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0) * to.length
    const tell = progressTeller(options.step, total, context)
    const pieces = files.flatMap((file) => to.map((each) => ({ file, each })))
    const work = async () => {
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
        if (context.signal.aborted) throw cancelled()
        await copyOne(join(from, piece.file.path), join(piece.each, piece.file.path))
        tell(piece.file.bytes)
      }
    }
    await allDone(Array.from({ length: filesAtATime }, work), () => pieces.splice(0))
    for (const each of to) for (const dir of dirs) await sync(join(each, dir))
    return { bytes: total }
  } catch (error) {
    // A place that could not be written can often not be removed either: the others can.
    await Promise.allSettled(to.map(removeTree))
    throw asCopyError(error, from)
  }
}

interface FileToCopy {
  readonly path: string
  readonly bytes: number
}

async function listTree(
  root: string,
  except: RegExp,
): Promise<{ readonly dirs: readonly string[]; readonly files: readonly FileToCopy[] }> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const dirs = ['.']
  const files: FileToCopy[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1)
    if (except.test(path)) continue
    if (entry.isDirectory()) dirs.push(path)
    else if (entry.isFile()) files.push({ path, bytes: (await stat(join(root, path))).size })
  }
  return { dirs, files }
}

/** Shares blocks where the filesystem can; else the kernel copies. */
async function copyOne(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await sync(to)
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}

/** Waits for all, also when one fails, so that nobody writes on into what is removed; then throws the first failure. */
async function allDone(works: readonly Promise<void>[], onFailure: () => void): Promise<void> {
  for (const work of works) work.catch(onFailure)
  for (const outcome of await Promise.allSettled(works))
    if (outcome.status === 'rejected') throw outcome.reason
}

function progressTeller(step: string, total: number, { clock, emit }: Context): (bytes: number) => void {
  const startedMs = clock.monotonicMs()
  let done = 0
  let shownMs = startedMs
  return (bytes) => {
    done += bytes
    const nowMs = clock.monotonicMs()
    if (nowMs - shownMs < progressIntervalMs && done < total) return
    shownMs = nowMs
    const perMs = done / Math.max(1, nowMs - startedMs)
    emit({
      kind: 'step.progress',
      step,
      done: Math.round(done / mib),
      total: Math.round(total / mib),
      unit: 'MiB',
      perSecond: (perMs * 1000) / mib,
      etaMs: (total - done) / perMs,
      note: `${formatBytes(perMs * 1000)}/s`,
    })
  }
}

const mib = 1024 * 1024

function asCopyError(error: unknown, from: string): unknown {
  const errno = errnoOf(error)
  if (errno === null || error instanceof CorelabError) return error
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT')
    return corelabError('LOAD_FAILED', {
      message: `The data could not be copied: ${reasonOf(error)}`,
      detail: `The unfinished copies were removed; what is copied is kept in ${from}.`,
      fix: [
        'corelab users load   (with the flags it was begun with, once that is mended)',
        'corelab users load --abandon',
      ],
      cause: error,
    })
  return corelabError('DISK_TOO_SMALL', {
    message: 'The disk is full: the loaded data could not be copied for all nodes',
    detail: `${reasonOf(error)}\nThe unfinished copies were removed; what was loaded is kept in ${from}.`,
    fix: [
      'free some space, and run the same command again: it goes on with the copies',
      'corelab users load --abandon',
    ],
    cause: error,
  })
}
