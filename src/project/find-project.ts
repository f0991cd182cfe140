import { realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CorelabError } from '../kit/errors.js'
import { corelabError, reasonOf } from '../kit/errors.js'
import type { Project } from '../model/project-config.js'
import { projectLayout } from '../model/project-layout.js'
import { errnoOf } from '../sys/files.js'
import { loadConfig } from './load-config.js'

const configFileName = projectLayout.config

/**
 * The project of the nearest `corelab.yaml`, in `fromDir` or a folder above it, as git finds its repository.
 * Throws PROJECT_NOT_FOUND, PERMISSION_DENIED, and CONFIG_INVALID for the file found.
 */
export async function findProject({ fromDir }: { readonly fromDir: string }): Promise<Project> {
  const start = await realPathOf(fromDir)
  for (let dir = start; ; dir = dirname(dir)) {
    const file = join(dir, configFileName)
    if (await exists(file)) return { dir, config: await loadConfig(file) }
    if (dir === dirname(dir)) throw await projectNotFound(start)
  }
}

async function realPathOf(dir: string): Promise<string> {
  try {
    return await realpath(dir)
  } catch (thrown) {
    throw corelabError(errnoOf(thrown) === 'EACCES' ? 'PERMISSION_DENIED' : 'PROJECT_NOT_FOUND', {
      message: `The folder ${dir} cannot be opened`,
      detail: reasonOf(thrown),
      cause: thrown,
    })
  }
}

/** Anything of that name counts: a folder there is reported by the loader, not passed over. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return false
    throw corelabError('PERMISSION_DENIED', {
      message: `${path} may not be read`,
      detail: reasonOf(thrown),
      cause: thrown,
    })
  }
}

const otherSpellings = ['corelab.yml', 'Corelab.yaml', 'corelab.json']

async function projectNotFound(start: string): Promise<CorelabError> {
  const message = `There is no ${configFileName} in ${start} or any folder above it`
  for (const spelling of otherSpellings) {
    if (!(await exists(join(start, spelling)))) continue
    const detail = `There is a ${spelling}; the name must be ${configFileName}.`
    return corelabError('PROJECT_NOT_FOUND', { message, detail, fix: [`mv ${spelling} ${configFileName}`] })
  }
  return corelabError('PROJECT_NOT_FOUND', { message, fix: ['corelab init'] })
}
