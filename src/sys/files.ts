import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, lstat, mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { CorelabError } from '../kit/errors.js'
import { corelabError, reasonOf } from '../kit/errors.js'

const run = promisify(execFile)

/** Whether there is anything at the path that we can see. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/**
 * Writes a file so that a reader, and a crash at any moment, sees either the old text or the new one.
 * Raises PERMISSION_DENIED and DISK_TOO_SMALL.
 */
export async function writeFileAtomic(
  path: string,
  text: string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o644)
    try {
      // The umask may have taken bits away; the mode asked for is the mode given.
      await file.chmod(options.mode ?? 0o644)
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw asFileError(error, path)
  }
  await syncDir(dirname(path))
}

/** A state file's value; null when there is none. Raises FILE_DAMAGED when it is not JSON. */
export async function readJsonFile<T>(path: string): Promise<T | null> {
  const text = await readTextFile(path)
  if (text === null) return null
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw corelabError('FILE_DAMAGED', {
      message: `${path} is not valid JSON`,
      detail: reasonOf(error),
      fix: ['corelab down --volumes', 'corelab up'],
      cause: error,
    })
  }
}

/** A file's text; null when there is none. Raises PERMISSION_DENIED. */
export async function readTextFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw asFileError(error, path)
  }
}

/** Makes a folder with its parents; an existing one keeps its mode. Raises PERMISSION_DENIED. */
export async function ensureDir(path: string, options: { readonly mode?: number } = {}): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: options.mode ?? 0o755 })
  } catch (error) {
    throw asFileError(error, path)
  }
}

/**
 * Makes a folder (0700) that may lie in a shared place like `/tmp`, and refuses one that another user put
 * there first. Raises PERMISSION_DENIED.
 */
export async function ensurePrivateDir(path: string): Promise<void> {
  await ensureDir(path, { mode: 0o700 })
  const facts = await lstat(path)
  const own = facts.isDirectory() && facts.uid === process.getuid?.()
  if (own && (facts.mode & 0o077) === 0) return
  if (own) {
    const dir = await open(path, 'r')
    await dir.chmod(0o700).finally(() => dir.close())
    return
  }
  throw corelabError('PERMISSION_DENIED', {
    message: `${path} is not a folder of this user`,
    detail: `It belongs to user id ${facts.uid} and would hold sockets that only you may use.`,
    fix: [`ls -ld ${path}`],
  })
}

/** Copies a folder with its modes and times, sharing blocks where the filesystem can. `to` must not exist. */
export async function copyTree(from: string, to: string): Promise<void> {
  await ensureDir(dirname(to), { mode: 0o700 })
  try {
    await run('cp', ['-R', '-p', '--reflink=auto', '--sparse=auto', '-T', '--', from, to])
  } catch (error) {
    throw corelabError(/No space left/.test(reasonOf(error)) ? 'DISK_TOO_SMALL' : 'PERMISSION_DENIED', {
      message: `Cannot copy ${from} to ${to}`,
      detail: reasonOf(error),
      cause: error,
    })
  }
}

/** Bytes that an ordinary user may still write on the filesystem of `path`. */
export async function diskFreeBytes(path: string): Promise<number> {
  const facts = await statfs(path)
  return facts.bavail * facts.bsize
}

/** Removes a file or a folder with everything in it; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
  } catch (error) {
    throw asFileError(error, path)
  }
}

/** The `code` of a failed system call, like `ENOENT`; null for anything else. */
export function errnoOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}

async function syncDir(path: string): Promise<void> {
  const dir = await open(path, 'r')
  await dir.sync().finally(() => dir.close())
}

/** A catalogued error for a refused or impossible file operation; anything else comes back as it was. */
function asFileError(error: unknown, path: string): CorelabError | unknown {
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return corelabError('PERMISSION_DENIED', {
        message: `${path} may not be written by this user`,
        detail: reasonOf(error),
        fix: [`ls -ld ${dirname(path)}`],
        cause: error,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return corelabError('DISK_TOO_SMALL', {
        message: `No space left for ${path}`,
        detail: reasonOf(error),
        fix: [`df -h ${dirname(path)}`],
        cause: error,
      })
    default:
      return error
  }
}
