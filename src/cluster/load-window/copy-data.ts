import { constants } from 'node:fs'
import { copyFile, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { CorelabError, cancelled, corelabError, reasonOf } from '../../kit/errors.js'
import { errnoOf, removeTree } from '../../sys/files.js'
import { reserveFiles } from '../../sys/reserve-files.js'
import type { BlockChecksums } from './block-checksums.js'
import { byteProgress } from './byte-progress.js'
import { copyBlocks } from './copy-blocks.js'
import { type DataFile, eachFile, listTree } from './data-tree.js'

export interface CopyOptions {
  readonly from: string
  /** Folders that do not exist, or are left from an attempt before. */
  readonly to: readonly string[]
  /** Names at the top of `from` that are left out. */
  readonly except: RegExp
  /** The step whose progress it is. */
  readonly step: string
}

export interface DataCopied {
  readonly bytes: number
  readonly checksums: BlockChecksums
}

/** Below, writing zeros costs less than not writing them. */
const reservedBytesMin = 1024 * 1024

/**
 * Copies a folder of data files to several places, each block to all of them before the next one, so that it is read from
 * the disk once. Space that a file has in advance is taken in the copies too, but its zeros are not written. Everything is
 * on disk when it is over. `checksums`: of what was read. Throws DISK_TOO_SMALL, LOAD_FAILED with the path, CANCELLED; then no copy is left.
 */
export async function copyData(options: CopyOptions, context: Context): Promise<DataCopied> {
  const { from, to, except } = options
  try {
    for (const each of to) await removeTree(each)
    const { dirs, files } = await listTree(from, except)
    for (const each of to)
      for (const dir of dirs) await mkdir(join(each, dir), { recursive: true, mode: 0o700 })
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0) * to.length
    const tell = byteProgress(options.step, total, context)
    const copyOne = await copyWay(options, files)
    const checksums: Record<string, readonly number[]> = {}
    await eachFile(files, 1, async (file, [block]) => {
      if (context.signal.aborted) throw cancelled()
      checksums[file.path] = await copyOne(file, present(block, 'block'))
      tell(file.bytes * to.length)
    })
    // Not one by one while they are written: the first of these takes most of what the others need along.
    for (const each of to) for (const { path } of files) await sync(join(each, path))
    for (const each of to) for (const dir of dirs) await sync(join(each, dir))
    return { bytes: total, checksums }
  } catch (error) {
    // A place that could not be written can often not be removed either: the others can.
    await Promise.allSettled(to.map(removeTree))
    throw asCopyError(error, from)
  }
}

type CopyOne = (file: DataFile, block: Buffer) => Promise<readonly number[]>

/** Shares blocks where the filesystem can; else it reads and writes, all of a file or only what is not zero. */
async function copyWay({ from, to }: CopyOptions, files: readonly DataFile[]): Promise<CopyOne> {
  const placesOf = ({ path }: DataFile) => to.map((each) => join(each, path))
  const clone = async (file: DataFile) => {
    for (const place of placesOf(file))
      await copyFile(join(from, file.path), place, constants.COPYFILE_FICLONE_FORCE)
  }
  const [first] = files
  if (first === undefined || (await canDo(() => clone(first))))
    return async (file, block) => {
      await clone(file)
      // Nothing is copied: it is only read.
      return copyBlocks({ from: join(from, file.path), bytes: file.bytes, to: [], reserved: false }, block)
    }
  const large = files.filter(({ bytes }) => bytes >= reservedBytesMin)
  const places = large.flatMap((file) => placesOf(file).map((path) => ({ path, bytes: file.bytes })))
  const canReserve = await reserveFiles(places)
  return (file, block) => {
    const { path, bytes } = file
    const reserved = canReserve && bytes >= reservedBytesMin
    return copyBlocks({ from: join(from, path), bytes, to: placesOf(file), reserved }, block)
  }
}

function canDo(work: () => Promise<void>): Promise<boolean> {
  return work().then(
    () => true,
    () => false,
  )
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}

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
