import { join } from 'node:path'
import type { Context } from '../kit/context.js'
import { CorelabError, corelabError } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import type { Project } from '../model/project-config.js'
import { findProject } from '../project/find-project.js'
import { executeScaffold, planScaffold } from '../project/scaffold.js'
import type { PlaceFlags } from './place.js'
import { startDir } from './place.js'

/** The project that drills make where there is none, as the tour does. */
const drillFolder = 'corelab-drills'

/** Drills keep away from the environment that is worked with. */
const drillEnv = 'drill'

/**
 * The project that the drills work in: the one that the user stands in or names, else one of their own in
 * `./corelab-drills`, made if need be. Throws CONFIG_INVALID, PERMISSION_DENIED.
 */
export async function projectForDrills(place: PlaceFlags, context: Context): Promise<Project> {
  const fromDir = startDir(place)
  try {
    return await findProject({ fromDir })
  } catch (thrown) {
    if (!(thrown instanceof CorelabError) || thrown.code !== 'PROJECT_NOT_FOUND') throw thrown
  }
  // A folder that was named is the project to be; without a name it gets one of its own.
  const dir = place.project === undefined ? join(fromDir, drillFolder) : fromDir
  await asStep(
    context.emit,
    { step: 'project', title: 'Write a project for the drills' },
    context.clock,
    async () => {
      await executeScaffold(await planScaffold({ dir, profile: undefined, force: false }), context)
    },
  )
  return findProject({ fromDir: dir })
}

/** The environment that drills make and delete. */
export function namedEnv({ env }: PlaceFlags): string {
  if (env === undefined) return drillEnv
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(env)) return env
  throw corelabError('USAGE', {
    message: `"${env}" cannot be the name of an environment`,
    detail: 'Allowed: small letters, digits and hyphens, at most 32, the first no hyphen.',
  })
}
