import { join, resolve } from 'node:path'
import { findDrill } from '../drills/catalogue/catalogue.js'
import { defaultLoad } from '../drills/run/drill-options.js'
import type { SessionOutcome } from '../drills/session/run-session.js'
import { runSession } from '../drills/session/run-session.js'
import { soakDrill } from '../drills/soak/soak-drill.js'
import { isoTime } from '../kit/clock.js'
import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import type { ExitCode } from '../kit/exit-codes.js'
import { exitCodes } from '../kit/exit-codes.js'
import type { Drill } from '../model/drill.js'
import type { DrillVerdict } from '../model/drill-result.js'
import type { ProfileName } from '../model/profile.js'
import type { Project } from '../model/project-config.js'
import { stateRootOf } from '../sys/state-dir.js'
import type { Answer } from './answer.js'
import type { PlaceFlags } from './place.js'
import { namedEnv, projectForDrills } from './project-for-drills.js'
import { sessionLines } from './render/drills/session.js'
import { shellQuoted } from './shell-quoted.js'

interface SharedFlags {
  readonly place: PlaceFlags
  readonly seed: number | null
  readonly clients: number | null
  readonly profile: ProfileName | null
  readonly keep: boolean
  readonly report: string | null
}

export interface DrillFlags extends SharedFlags {
  readonly names: readonly string[]
  readonly rounds: number
  readonly quick: boolean
}

export interface SoakFlags extends SharedFlags {
  readonly minutes: number
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
  const what = drills.length === 1 ? (drills[0]?.name ?? 'drill') : `${drills.length}-drills`
  const shared = await sharedOptions(flags, what, context)
  const options = {
    ...shared,
    drills,
    quick: flags.quick,
    rounds: flags.rounds,
    soakMs: null,
    commandOf: ({ name }: Drill) => drillCommand(name, { ...flags, seed: shared.seed }),
  }
  return answerOf(await runSession(options, context), shared.env)
}

/** Breaks things at random for a while; one report. */
export async function soakDrills(flags: SoakFlags, context: Context): Promise<Answer> {
  const shared = await sharedOptions(flags, 'soak', context)
  const options = {
    ...shared,
    load: { ...shared.load, thinkMs: soakThinkMs },
    drills: [soakDrill],
    quick: false,
    rounds: 1,
    soakMs: flags.minutes * 60_000,
    commandOf: () => soakCommand({ ...flags, seed: shared.seed }),
  }
  return answerOf(await runSession(options, context), shared.env)
}

/** Leaves a history of hours small enough to be read. */
const soakThinkMs = 50

async function sharedOptions(flags: SharedFlags, what: string, context: Context) {
  const project = await projectForDrills(flags.place, context)
  return {
    project,
    env: namedEnv(flags.place),
    seed: flags.seed ?? project.config.seed,
    profile: flags.profile ?? 'tiny',
    keep: flags.keep,
    load: loadOf(flags.clients),
    reportDir: reportDirOf({ project, report: flags.report, what, wallMs: context.clock.wallMs() }),
  } as const
}

function answerOf(outcome: SessionOutcome, env: string): Answer {
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
function exitOf(verdict: DrillVerdict): ExitCode {
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
function loadOf(clients: number | null) {
  if (clients === null) return defaultLoad
  const transfers = Math.max(1, Math.round(clients / 3))
  return {
    ...defaultLoad,
    clients: { transfers, appends: Math.max(1, clients - transfers), readers: 1 },
  }
}

/** Not in the environment's folder, which goes with the environment. */
function reportDirOf(place: {
  readonly project: Project
  readonly report: string | null
  readonly what: string
  readonly wallMs: number
}): string {
  const { report, project, what, wallMs } = place
  if (report !== null) return resolve(report)
  const time = isoTime(wallMs)
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  return join(stateRootOf(project.dir), 'drill-reports', `${time}-${what}`)
}

/** What runs one drill of the session again, with the same choices. */
function drillCommand(name: string, flags: DrillFlags & { readonly seed: number }): string {
  const own = [
    ...(flags.quick ? ['--quick'] : []),
    ...(flags.rounds === 1 ? [] : [`--rounds ${flags.rounds}`]),
  ]
  return ['corelab drills run', name, `--seed ${flags.seed}`, ...own, ...sharedWords(flags)].join(' ')
}

function soakCommand(flags: SoakFlags & { readonly seed: number }): string {
  return [
    'corelab drills soak',
    `--minutes ${flags.minutes}`,
    `--seed ${flags.seed}`,
    ...sharedWords(flags),
  ].join(' ')
}

function sharedWords({ clients, profile, place }: SharedFlags): readonly string[] {
  return [
    ...(clients === null ? [] : [`--clients ${clients}`]),
    ...(profile === null ? [] : [`--profile ${profile}`]),
    ...(place.project === undefined ? [] : [`-C ${shellQuoted(place.project)}`]),
  ]
}
