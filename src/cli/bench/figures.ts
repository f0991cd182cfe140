import { join, resolve } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import { readReportAssets } from '../../drills/stage/report-assets.js'
import { isoTime } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { toCorelabError } from '../../kit/errors.js'
import { exitCodes } from '../../kit/exit-codes.js'
import { coreOfEnvironment } from '../../load/bench/core-of-environment.js'
import { benchHost, corelabRevision } from '../../load/bench/provenance.js'
import { runScenario, timeForNames } from '../../load/bench/run-scenario.js'
import { measuredFigure, projectedFigures } from '../../load/compare/reference-figures.js'
import { readSaved } from '../../load/compare/saved-runs.js'
import { readPriors } from '../../load/projection/priors.js'
import { project } from '../../load/projection/project.js'
import { exampleTarget, parseTarget } from '../../load/projection/target-file.js'
import { referenceCustomers, referenceFigures } from '../../load/reference-platform.js'
import { findScenario } from '../../load/scenarios/catalogue.js'
import type { BenchFigures, MeasuredFigure } from '../../model/bench-figures.js'
import type { BenchResult } from '../../model/bench-result.js'
import { renderFiguresHtml } from '../../report/bench/figures-html.js'
import { ensureDir, writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { placeToUse } from '../place.js'
import { figuresLines } from '../render/bench/figures.js'
import { shellQuoted } from '../shell-quoted.js'
import { benchAnswer } from './bench-answer.js'
import { type LoadFlagValues, loadWords, wishesOf } from './load-flags.js'
import { readTargetHost } from './project.js'
import { saveLeftRuns, withRunUnderWay } from './runs-under-way.js'

export interface BenchFiguresFlags extends LoadFlagValues {
  readonly place: PlaceFlags
  readonly target: string | null
  readonly report: string | null
}

/** Runs what mirrors the reference table, one scenario after the other, and sets it beside the published figures. */
export async function benchFigures(flags: BenchFiguresFlags, context: Context): Promise<Answer> {
  const ref = await placeToUse(flags.place)
  const reportsDir = join(pathsOf(ref).reportsDir, 'bench')
  await saveLeftRuns(reportsDir, context)
  const startedAt = isoTime(context.clock.wallMs())
  const measured: MeasuredFigure[] = []
  const results: BenchResult[] = []
  let core = await coreOfEnvironment(ref, context)
  for (const each of referenceFigures) {
    if (context.signal.aborted) {
      measured.push(measuredFigure(each, null))
      continue
    }
    const wishes = wishesOf(flags, commandOf(['run', each.scenario], flags))
    const saved = await withRunUnderWay(reportsDir, context, async (underWay) => {
      const scenario = findScenario(each.scenario)
      const result = await runScenario(scenario, wishes, core, context, { underWay }).catch(needOf)
      if (typeof result === 'string') return result
      const dir = join(reportsDir, result.id)
      await benchAnswer(result, { dir, env: ref.env })
      return { result, dir }
    })
    if (typeof saved === 'string') {
      measured.push({ ...measuredFigure(each, null), notAFigure: saved })
      continue
    }
    measured.push(measuredFigure(each, saved))
    results.push(saved.result)
    // A core may have changed its master since the last run.
    core = await coreOfEnvironment(ref, context)
  }
  const { results: saved } = await readSaved(reportsDir)
  const figures: BenchFigures = {
    schema: 'corelab/bench-figures@1',
    id: `${timeForNames(startedAt)}-figures`,
    startedAt,
    command: commandOf(['figures'], flags, flags.target),
    corelab: await corelabRevision(),
    host: benchHost(core.versions),
    profile: core.profile,
    users: wishesOf(flags, '').connections,
    measured,
    customers: { reference: referenceCustomers, loaded: core.population?.customers ?? null },
    projected: await projectedOf([...results.toReversed(), ...saved], flags.target),
  }
  const dir = flags.report === null ? join(reportsDir, figures.id) : resolve(flags.report)
  return figuresAnswer(figures, dir, ref.env)
}

/** A scenario that this core cannot carry is a row without a figure; the others are measured all the same. */
function needOf(thrown: unknown): string {
  const { shape } = toCorelabError(thrown)
  if (shape.code !== 'BENCH_NEEDS') throw thrown
  return [shape.message, ...(shape.fix ?? []).map((fix) => `try: ${fix}`)].join('; ')
}

async function projectedOf(
  results: readonly BenchResult[],
  targetFile: string | null,
): Promise<BenchFigures['projected']> {
  const priors = await readPriors()
  const read =
    targetFile === null
      ? { target: parseTarget(exampleTarget, 'the example', priors.cpuClasses), calibration: null }
      : await readTargetHost(targetFile, priors.cpuClasses)
  const calibrations = { target: read.calibration, here: null }
  const unique = [...new Map(results.map((each) => [each.id, each])).values()]
  try {
    const projection = project({ results: unique, target: read.target, calibrations, priors, seed: 1 })
    return projectedFigures(projection, targetFile === null)
  } catch (thrown) {
    const error = toCorelabError(thrown)
    if (error.shape.code !== 'NOTHING_TO_PROJECT') throw thrown
    return { target: null, reason: error.shape.detail ?? error.shape.message, rows: [] }
  }
}

async function figuresAnswer(figures: BenchFigures, dir: string, env: string): Promise<Answer> {
  await ensureDir(dir)
  await writeFileAtomic(join(dir, 'figures.json'), `${JSON.stringify(figures, null, 2)}\n`)
  await writeFileAtomic(join(dir, 'report.html'), renderFiguresHtml(figures, await readReportAssets()))
  const whole = figures.measured.every(({ perSecond }) => perSecond !== null)
  return {
    data: { ...figures, dir },
    lines: (screen) => figuresLines(figures, { dir, cwd: process.cwd() }, screen),
    exit: whole ? exitCodes.ok : exitCodes.negative,
    env,
  }
}

function commandOf(words: readonly string[], flags: BenchFiguresFlags, target: string | null = null): string {
  const { project: dir, env } = flags.place
  return [
    ...['corelab', 'bench', ...words],
    ...loadWords(flags),
    ...(target === null ? [] : ['--target', shellQuoted(target)]),
    ...(env === undefined ? [] : ['-e', env]),
    ...(dir === undefined ? [] : ['-C', shellQuoted(dir)]),
  ].join(' ')
}
