import { join, resolve } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { coreOfEnvironment } from '../../load/bench/core-of-environment.js'
import { runScenario } from '../../load/bench/run-scenario.js'
import { withoutPassword } from '../../load/external/parse-target.js'
import { findScenario } from '../../load/scenarios/catalogue.js'
import { optionsOf } from '../../load/scenarios/scenario.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { placeToUse } from '../place.js'
import { shellQuoted } from '../shell-quoted.js'
import { benchAnswer } from './bench-answer.js'
import { type LoadFlagValues, loadWords, wishesOf } from './load-flags.js'
import { runOnTarget } from './run-on-target.js'
import { saveLeftRuns, withRunUnderWay } from './runs-under-way.js'

export interface BenchRunFlags extends LoadFlagValues {
  readonly place: PlaceFlags
  readonly report: string | null
  readonly target: string | null
  readonly iOwnThisHost: boolean
  readonly dryRun: boolean
  readonly writesMax: number | null
}

/** Beyond it, somebody else's server is asked for more than a measurement needs. */
const defaultWritesMax = 100_000

/**
 * Runs a scenario against the environment where the user stands, or against a server of somebody else, saves what it
 * measured beside its report, and says whether it is a figure. A run that was cancelled is saved too.
 */
export async function runBench(name: string, flags: BenchRunFlags, context: Context): Promise<Answer> {
  const scenario = findScenario(name)
  const wishes = wishesOf(flags, commandOf(name, flags))
  optionsOf(scenario, wishes)
  const { target, report } = flags
  if (target !== null) {
    const writesMax = flags.writesMax ?? defaultWritesMax
    return runOnTarget(scenario, wishes, { ...flags, target, writesMax }, context)
  }
  refuseTargetFlags(flags)
  const ref = await placeToUse(flags.place)
  const shelf = join(pathsOf(ref).reportsDir, 'bench')
  await saveLeftRuns(shelf, context)
  const core = await coreOfEnvironment(ref, context)
  return withRunUnderWay(shelf, context, async (underWay) => {
    const result = await runScenario(scenario, wishes, core, context, { underWay })
    const dir = report === null ? join(shelf, result.id) : resolve(report)
    return benchAnswer(result, { dir, env: ref.env })
  })
}

function refuseTargetFlags({ dryRun, writesMax, iOwnThisHost }: BenchRunFlags): void {
  const given = [
    ...(dryRun ? ['--dry-run'] : []),
    ...(writesMax === null ? [] : ['--writes-max']),
    ...(iOwnThisHost ? ['--i-own-this-host'] : []),
  ]
  if (given.length === 0) return
  throw corelabError('USAGE', {
    message: `${given.join(' and ')} is about servers of somebody else`,
    fix: ['--target mysql://USER@HOST:PORT', '--target NAME   (of corelab.yaml)'],
  })
}

/** Never with a password. */
function commandOf(name: string, flags: BenchRunFlags): string {
  const { project, env } = flags.place
  const { target, writesMax, iOwnThisHost } = flags
  return [
    ...['corelab', 'bench', 'run', name],
    ...loadWords(flags),
    ...(target === null ? [] : ['--target', shellQuoted(withoutPassword(target))]),
    ...(writesMax === null ? [] : ['--writes-max', String(writesMax)]),
    ...(iOwnThisHost ? ['--i-own-this-host'] : []),
    ...(env === undefined ? [] : ['-e', env]),
    ...(project === undefined ? [] : ['-C', shellQuoted(project)]),
  ].join(' ')
}
