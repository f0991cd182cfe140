import { join, resolve } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import { readReportAssets } from '../../drills/stage/report-assets.js'
import type { Context } from '../../kit/context.js'
import { exitCodes } from '../../kit/exit-codes.js'
import { coreOfEnvironment } from '../../load/bench/core-of-environment.js'
import { runScenario } from '../../load/bench/run-scenario.js'
import { saveResult } from '../../load/bench/save-result.js'
import { findScenario } from '../../load/scenarios/catalogue.js'
import { optionsOf } from '../../load/scenarios/scenario.js'
import type { BenchResult } from '../../model/bench-result.js'
import { renderBenchHtml } from '../../report/bench/bench-html.js'
import { writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { placeToUse } from '../place.js'
import { benchRunLines } from '../render/bench/run.js'
import { shellQuoted } from '../shell-quoted.js'
import { type LoadFlagValues, loadWords, wishesOf } from './load-flags.js'

export interface BenchRunFlags extends LoadFlagValues {
  readonly place: PlaceFlags
  readonly report: string | null
}

/**
 * Runs a scenario against the environment where the user stands, saves what it measured beside its report, and says
 * whether it is a figure. A run that was cancelled is saved too.
 */
export async function runBench(name: string, flags: BenchRunFlags, context: Context): Promise<Answer> {
  const scenario = findScenario(name)
  const command = commandOf(name, flags)
  const wishes = wishesOf(flags, command)
  optionsOf(scenario, wishes)
  const ref = await placeToUse(flags.place)
  const core = await coreOfEnvironment(ref, context)
  const result = await runScenario(scenario, wishes, core, context)
  const dir = reportDirOf(flags.report, pathsOf(ref).reportsDir, result)
  return benchAnswer(result, dir, ref.env)
}

/** Saves a result and turns it into an answer. */
export async function benchAnswer(result: BenchResult, dir: string, env: string): Promise<Answer> {
  await saveResult(result, dir)
  const report = join(dir, 'report.html')
  await writeFileAtomic(report, renderBenchHtml(result, await readReportAssets()))
  return {
    data: { ...result, dir },
    lines: (screen) => benchRunLines(result, { dir, cwd: process.cwd() }, screen),
    exit: result.figure === null ? exitCodes.negative : exitCodes.ok,
    env,
  }
}

export function reportDirOf(wanted: string | null, reportsDir: string, { id }: BenchResult): string {
  return wanted === null ? join(reportsDir, 'bench', id) : resolve(wanted)
}

function commandOf(name: string, flags: BenchRunFlags): string {
  const { project, env } = flags.place
  return [
    ...['corelab', 'bench', 'run', name],
    ...loadWords(flags),
    ...(env === undefined ? [] : ['-e', env]),
    ...(project === undefined ? [] : ['-C', shellQuoted(project)]),
  ].join(' ')
}
