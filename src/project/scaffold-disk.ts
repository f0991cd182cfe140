import { readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { CorelabError, corelabError, reasonOf } from '../kit/errors.js'
import { projectLayout } from '../model/project-layout.js'
import { errnoOf, readJsonFile } from '../sys/files.js'
import type { ScaffoldManifest } from './scaffold-plan.js'
import { emptyManifest, hashOf } from './scaffold-plan.js'

/** The longest path that Linux takes, less the room for the longest file that corelab makes below a project. */
const projectPathBytesMax = 4095 - 256

/** Throws INIT_CONFLICT, PERMISSION_DENIED or USAGE when no project can be in this folder; it need not exist. */
export async function checkFolder(dir: string): Promise<void> {
  if (Buffer.byteLength(dir) > projectPathBytesMax) {
    throw corelabError('USAGE', {
      message: 'The path of the project folder is too long for this system',
      detail: `It has ${Buffer.byteLength(dir)} bytes; allowed: ${projectPathBytesMax}.`,
    })
  }
  const isFolder = await onDisk(dir, async () => (await stat(dir)).isDirectory())
  if (isFolder === false) throw somethingInTheWay(dir, ['a file is where the project folder must be'])
  if (isFolder === 'blocked') {
    throw somethingInTheWay(dir, [`${await fileAbove(dir)} is a file, not a folder`])
  }
}

/**
 * The hashes of the files that are there, by path. Throws INIT_CONFLICT with all places where a folder is in the
 * way of a file or a file in the way of a folder, and PERMISSION_DENIED.
 */
export async function findFiles(dir: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const blocked = new Set<string>()
  for (const path of paths) {
    const hash = await hashOnDisk(join(dir, path))
    if (hash === 'blocked') blocked.add(await blockedBy(dir, path))
    else if (hash !== null) found.set(path, hash)
  }
  if (blocked.size > 0) throw somethingInTheWay(dir, [...blocked])
  return found
}

/** SHA-256 of a file; null when there is none, 'blocked' when there is something else or no folder for it. */
export async function hashOnDisk(path: string): Promise<string | 'blocked' | null> {
  return await onDisk(path, async () => hashOf(await readFile(path)))
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T | 'blocked' | null> {
  try {
    return await work()
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT') return null
    if (errno === 'EISDIR' || errno === 'ENOTDIR') return 'blocked'
    if (errno !== 'EACCES' && errno !== 'EPERM') throw thrown
    const facts = { message: `${path} may not be read`, detail: reasonOf(thrown), cause: thrown }
    throw corelabError('PERMISSION_DENIED', facts)
  }
}

async function blockedBy(dir: string, path: string): Promise<string> {
  const file = await fileAbove(join(dir, path))
  return file === null ? `${path} is a folder, not a file` : `${relative(dir, file)} is a file, not a folder`
}

/** The nearest part of the path, above its end, that is a file. */
async function fileAbove(path: string): Promise<string | null> {
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    const isFile = await onDisk(above, async () => (await stat(above)).isFile())
    if (isFile === true) return above
  }
  return null
}

function somethingInTheWay(dir: string, blocked: readonly string[]): CorelabError {
  return corelabError('INIT_CONFLICT', {
    message: `Something is in the way in ${dir}`,
    detail: blocked.join('\n'),
    fix: ['Move it away, or choose another folder: corelab init other-folder'],
  })
}

/** What corelab remembers of its own writes. Nothing when it is missing or damaged: then every file counts as edited. */
export async function readManifest(dir: string): Promise<ScaffoldManifest> {
  try {
    const value = await readJsonFile<unknown>(join(dir, projectLayout.scaffoldManifest))
    return isManifest(value) ? value : emptyManifest
  } catch (thrown) {
    if (thrown instanceof CorelabError && thrown.code === 'FILE_DAMAGED') return emptyManifest
    throw thrown
  }
}

function isManifest(value: unknown): value is ScaffoldManifest {
  const { schema, files } = (value ?? {}) as Partial<ScaffoldManifest>
  if (schema !== 'corelab/scaffold@1' || typeof files !== 'object' || files === null) return false
  const isHash = (each: unknown) => typeof each === 'string'
  return Object.values(files).every((hashes) => Array.isArray(hashes) && hashes.every(isHash))
}
