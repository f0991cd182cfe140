import { join, resolve } from 'node:path'
import { findDrill } from '../drills/catalogue/catalogue.js'
import { defaultLoad } from '../drills/run/drill-options.js'
import { runSession } from '../drills/session/run-session.js'
import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import type { ExitCode } from '../kit/exit-codes.js'
import { exitCodes } from '../kit/exit-codes.js'
import type { DrillVerdict } from '../model/drill-result.js'
import type { ProfileName } from '../model/profile.js'
import type { Project } from '../model/project-config.js'
import { stateRootOf } from '../sys/state-dir.js'
import type { Answer } from './answer.js'
import type { PlaceFlags } from './place.js'
import { namedEnv, projectForDrills } from './project-for-drills.js'
import { sessionLines } from './render/drills/session.js'
import { shellQuoted } from './shell-quoted.js'

export interface DrillFlags {
  readonly names: readonly string[]
  readonly place: PlaceFlags
  readonly seed: number | null
  readonly clients: number | null
  readonly rounds: number
  readonly profile: ProfileName | null
  readonly quick: boolean
  readonly keep: boolean
  readonly report: string | null
}

/** Runs drills where the user stands, and turns their verdict into an exit status. */
export async function runDrills(flags: DrillFlags, context: Context): Promise<Answer> {
  if (flags.names.length === 0)
    throw corelabError('USAGE', {
      message: 'Which drill?',
      fix: ['corelab drills list', 'corelab drills run kill-master'],
    })
  if (flags.keep && flags.names.length > 1)
    throw corelabError('USAGE', {
      message: 'Only one drill can leave its environment running',
      detail: 'Each drill works in a fresh environment of the same name.',
    })
  const drills = flags.names.map(findDrill)
  const project = await projectForDrills(flags.place, context)
  const env = namedEnv(flags.place)
  const seed = flags.seed ?? project.config.seed
  const outcome = await runSession(
    {
      drills,
      project,
      env,
      seed,
      profile: flags.profile ?? 'tiny',
      quick: flags.quick,
      keep: flags.keep,
      rounds: flags.rounds,
      load: loadOf(flags.clients),
      reportDir: reportDirOf({ project, flags, wallMs: context.clock.wallMs() }),
      commandOf: ({ name }) => commandOf(name, { ...flags, seed }),
    },
    context,
  )
  return {
    data: {
      verdict: outcome.verdict,
      reportDir: outcome.reportDir,
      drills: outcome.drills.map(({ result, reportDir }) => ({ ...result, reportDir })),
    },
    lines: (screen) => sessionLines(outcome, { cwd: process.cwd(), env }, screen),
    exit: exitOf(outcome.verdict),
    env,
  }
}

/** A drill that could not judge is neither a success nor a failure. */
export function exitOf(verdict: DrillVerdict): ExitCode {
  switch (verdict) {
    case 'pass':
      return exitCodes.ok
    case 'fail':
      return exitCodes.negative
    case 'unknown':
      return exitCodes.inconclusive
  }
}

/** A third of the clients transfer money, the others append. */
export function loadOf(clients: number | null) {
  if (clients === null) return defaultLoad
  const transfers = Math.max(1, Math.round(clients / 3))
  return {
    ...defaultLoad,
    clients: { transfers, appends: Math.max(1, clients - transfers), readers: 1 },
  }
}

/** Not in the environment's folder, which goes with the environment. */
export function reportDirOf(place: {
  readonly project: Project
  readonly flags: Pick<DrillFlags, 'report' | 'names'>
  readonly wallMs: number
}): string {
  const { flags, project, wallMs } = place
  if (flags.report !== null) return resolve(flags.report)
  const time = new Date(wallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  const what = flags.names.length === 1 ? (flags.names[0] ?? 'drill') : `${flags.names.length}-drills`
  return join(stateRootOf(project.dir), 'drill-reports', `${time}-${what}`)
}

/** What runs one drill of the session again, with the same choices. */
function commandOf(name: string, flags: DrillFlags & { readonly seed: number }): string {
  return [
    'corelab drills run',
    name,
    `--seed ${flags.seed}`,
    ...(flags.quick ? ['--quick'] : []),
    ...(flags.rounds === 1 ? [] : [`--rounds ${flags.rounds}`]),
    ...(flags.clients === null ? [] : [`--clients ${flags.clients}`]),
    ...(flags.profile === null ? [] : [`--profile ${flags.profile}`]),
    ...(flags.place.project === undefined ? [] : [`-C ${shellQuoted(flags.place.project)}`]),
  ].join(' ')
}
