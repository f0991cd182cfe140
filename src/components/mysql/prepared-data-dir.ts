import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { corelabError, reasonOf } from '../../kit/errors.js'
import { copyTree, ensureDir, errnoOf, isThere, removeTree } from '../../sys/files.js'
import { isAlive, startTicksOf } from '../../sys/processes.js'
import { dataDirRecipes } from './data-dir-recipes.js'
import type { MysqlInstallation } from './installation.js'

const run = promisify(execFile)

export interface PrepareOptions {
  readonly cacheDir: string
  readonly programs: MysqlInstallation
  /** Run once in the new data dir, outside of any binlog: every node begins with the same result. */
  readonly initial?: { readonly statements: readonly string[]; readonly digest: string }
  readonly signal?: AbortSignal
}

/** Grows when what is done to a new data dir changes, so that older ones in the cache are not used. */
const recipeVersion = 2
/** It takes 0.6 s on a free machine with MariaDB, 4 s with MySQL. */
const installLimitMs = 120_000

/**
 * A data dir with system tables and no account but our own to come, made once per server version and initial
 * statements, and kept in the cache; nodes start from copies of it. Several commands may prepare at the same time. Raises
 * COMPONENT_START_FAILED when the server's installer fails, PERMISSION_DENIED, DISK_TOO_SMALL.
 */
export async function prepareDataDir(options: PrepareOptions): Promise<string> {
  const finished = preparedDataDirOf(options)
  const shelf = dirname(finished)
  if (await isThere(finished)) return finished
  await ensureDir(shelf, { mode: 0o700 })
  await removeAbandoned(shelf)
  const draft = await mkdtemp(join(shelf, `draft-${process.pid}-${startTicksOf(process.pid)}-`))
  // The installer is a shell script that does not quote its paths: it works in a plain one.
  const workshop = await mkdtemp(join(tmpdir(), 'corelab-install-'))
  try {
    await install(workshop, options)
    await copyTree(join(workshop, 'data'), join(draft, 'data'))
    await moveIntoPlace(join(draft, 'data'), finished)
    return finished
  } finally {
    await removeTree(workshop)
    await removeTree(draft)
  }
}

async function install(workshop: string, options: PrepareOptions): Promise<void> {
  const { engine, installerPath, server } = options.programs
  const recipe = dataDirRecipes[engine]
  const dirs = {
    data: join(workshop, 'data'),
    tmp: join(workshop, 'tmp'),
    sqlFile: join(workshop, 'initial.sql'),
  }
  const initial = (options.initial?.statements ?? []).map((statement) => `${statement};\n`).join('')
  await writeFile(dirs.sqlFile, recipe.cleanup + initial)
  await ensureDir(dirs.tmp)
  try {
    await run(installerPath, recipe.args(dirs), {
      timeout: installLimitMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw corelabError('COMPONENT_START_FAILED', {
      message: `The system tables for ${recipe.title} ${server.version} could not be made`,
      detail: `${installerPath} said:\n${outputOf(error)}`,
      cause: error,
    })
  }
  for (const name of await readdir(dirs.data)) if (recipe.identity.test(name)) await rm(join(dirs.data, name))
}

/** Where it is, or will be: plans name it before it is made. */
export function preparedDataDirOf(
  options: Pick<PrepareOptions, 'cacheDir' | 'programs' | 'initial'>,
): string {
  const initial = options.initial ? `-${options.initial.digest.slice(0, 12)}` : ''
  return join(
    options.cacheDir,
    'prepared',
    `${options.programs.engine}-${safeName(options.programs.server.version)}-r${recipeVersion}${initial}`,
  )
}

/** Whoever comes first wins; the other's work is as good and is thrown away. */
async function moveIntoPlace(draft: string, finished: string): Promise<void> {
  try {
    await rename(draft, finished)
  } catch (error) {
    const lost = errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST'
    if (!lost) throw error
  }
}

/** Drafts of processes that died half-way. */
async function removeAbandoned(shelf: string): Promise<void> {
  for (const name of await readdir(shelf)) {
    const match = /^draft-(\d+)-(\d+)-/.exec(name)
    if (!match) continue
    const [, pid, startTicks = ''] = match
    if (!isAlive({ pid: Number(pid), startTicks })) await removeTree(join(shelf, name))
  }
}

function safeName(version: string): string {
  return version.replace(/[^\w.+-]/g, '_')
}

function outputOf(error: unknown): string {
  const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-20).join('\n')
  return lines === '' ? reasonOf(error) : lines
}
