import { dirname, join, resolve } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { Calibration } from '../../load/calibrate/calibration.js'
import { parseCalibration } from '../../load/calibrate/read-calibration.js'
import { readResult, readSaved } from '../../load/compare/saved-runs.js'
import { backTest } from '../../load/projection/back-test.js'
import { readPriors } from '../../load/projection/priors.js'
import { project } from '../../load/projection/project.js'
import { exampleTarget, parseTarget } from '../../load/projection/target-file.js'
import type { TargetHost } from '../../load/projection/target-host.js'
import type { BenchResult } from '../../model/bench-result.js'
import { readTextFile } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { placeToUse } from '../place.js'
import { backTestLines } from '../render/bench/back-test.js'
import { projectionLines } from '../render/bench/projection.js'
import { measureLevels } from './measure-levels.js'
import { saveLeftRuns } from './runs-under-way.js'

export interface ProjectWishes {
  readonly place: PlaceFlags
  /** Files or folders of results; none = all that the environment has saved. */
  readonly results: readonly string[]
  readonly target: string | null
  readonly here: string | null
  readonly seed: number
  readonly draws: number
  /** Connections of each level to measure now; null = saved results only. */
  readonly measure: readonly number[] | null
  readonly durationMs: number
}

/**
 * What the target would do. Throws USAGE without a target, TARGET_INVALID, CALIBRATION_INVALID, RESULT_INVALID,
 * NOTHING_TO_PROJECT, and with `measure` what running a scenario throws.
 */
export async function projectFigures(wishes: ProjectWishes, context: Context): Promise<Answer> {
  const priors = await readPriors()
  const target = await targetOf(wishes.target, priors.cpuClasses)
  const calibrations = {
    target: await calibrationOf(target, wishes.target ?? ''),
    here: wishes.here === null ? null : await readCalibration(wishes.here),
  }
  const results = await resultsOf(wishes, context)
  const { seed, draws } = wishes
  const projection = project({ results, target, calibrations, priors, seed, draws })
  return { data: projection, lines: (screen) => projectionLines(projection, screen) }
}

/** The published rows, predicted without themselves. */
export async function backTestAnswer(): Promise<Answer> {
  const rows = backTest(await readPriors())
  return { data: { rows }, lines: (screen) => backTestLines(rows, screen) }
}

export function exampleTargetAnswer(): Answer {
  return { data: { text: exampleTarget }, lines: () => exampleTarget.trimEnd().split('\n') }
}

/** A target with the calibration that its file names. Throws TARGET_INVALID, CALIBRATION_INVALID. */
export async function readTargetHost(file: string, cpuClasses: readonly { readonly id: string }[]) {
  const target = await targetOf(file, cpuClasses)
  return { target, calibration: await calibrationOf(target, file) }
}

async function targetOf(
  file: string | null,
  cpuClasses: readonly { readonly id: string }[],
): Promise<TargetHost> {
  if (file === null) {
    throw corelabError('USAGE', {
      message: 'For which host? --target names a file that describes it',
      fix: ['corelab bench project --example > host.yaml', 'corelab bench project --target host.yaml'],
    })
  }
  const text = await readTextFile(file)
  if (text !== null) return parseTarget(text, file, cpuClasses)
  throw corelabError('TARGET_INVALID', {
    message: `There is no file ${file}`,
    fix: [`corelab bench project --example > ${file}`],
  })
}

/** A calibration is named relative to the file that names it. */
async function calibrationOf({ speed }: TargetHost, targetFile: string): Promise<Calibration | null> {
  return speed.by === 'calibration' ? readCalibration(resolve(dirname(targetFile), speed.file)) : null
}

async function readCalibration(file: string): Promise<Calibration> {
  const text = await readTextFile(file)
  if (text !== null) return parseCalibration(text, file)
  throw corelabError('CALIBRATION_INVALID', {
    message: `There is no calibration ${file}`,
    fix: [`corelab calibrate --out ${file}`],
  })
}

async function resultsOf(wishes: ProjectWishes, context: Context): Promise<readonly BenchResult[]> {
  if (wishes.measure !== null) {
    const { place, measure, durationMs, seed } = wishes
    return measureLevels({ place, levels: measure, durationMs, seed }, context)
  }
  if (wishes.results.length > 0) return Promise.all(wishes.results.map(readResult))
  const ref = await placeToUse(wishes.place)
  const shelf = join(pathsOf(ref).reportsDir, 'bench')
  await saveLeftRuns(shelf, context)
  const { results } = await readSaved(shelf)
  // The newest first: its host is the one that the others must share.
  return results.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
}
