import { resolve } from 'node:path'
import type { EnvironmentRef } from '../cluster/environment-store.js'
import { listEnvironments } from '../cluster/environment-store.js'
import { corelabError } from '../kit/errors.js'
import { findProject } from '../project/find-project.js'

/** What the command line says about where to work. */
export interface PlaceFlags {
  readonly project?: string | undefined
  readonly env?: string | undefined
}

export const defaultEnv = 'default'

/**
 * The project, and the environment to *make* when it is not there: the one that was named, else `default`.
 * Throws PROJECT_NOT_FOUND, CONFIG_INVALID, USAGE.
 */
export async function placeToMake(flags: PlaceFlags): Promise<EnvironmentRef> {
  const project = await findProject({ fromDir: startDir(flags) })
  return { project, env: checkedEnv(flags.env) ?? defaultEnv }
}

/** The project, and the environment to *use*: the one that was named, else the only one there is, else `default`. */
export async function placeToUse(flags: PlaceFlags): Promise<EnvironmentRef> {
  const project = await findProject({ fromDir: startDir(flags) })
  const named = checkedEnv(flags.env)
  if (named !== null) return { project, env: named }
  const known = await listEnvironments(project)
  const [first] = known
  const env = first !== undefined && !known.includes(defaultEnv) ? first : defaultEnv
  if (known.length > 1 && env !== defaultEnv) throw severalEnvironments(known)
  return { project, env }
}

export function startDir(flags: PlaceFlags): string {
  return resolve(flags.project ?? '.')
}

/** The name becomes a folder and a part of messages. */
function checkedEnv(name: string | undefined): string | null {
  if (name === undefined) return null
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) return name
  throw corelabError('USAGE', {
    message: `"${name}" cannot be the name of an environment`,
    detail: 'Allowed: small letters, digits and hyphens, at most 32, the first no hyphen.',
  })
}

function severalEnvironments(known: readonly string[]) {
  return corelabError('USAGE', {
    message: 'Which environment? There are several, and none is called "default"',
    detail: `Known environments: ${known.join(', ')}`,
    fix: known.map((env) => `--env ${env}`),
  })
}
