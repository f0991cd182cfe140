import { join } from 'node:path'
import { runTour } from '../drills/tour/run-tour.js'
import type { TourOptions, TourResult } from '../drills/tour/tour-options.js'
import type { Context } from '../kit/context.js'
import { CorelabError } from '../kit/errors.js'
import type { ExitCode } from '../kit/exit-codes.js'
import { exitCodes } from '../kit/exit-codes.js'
import { findProject } from '../project/find-project.js'
import type { Answer } from './answer.js'
import type { PlaceFlags } from './place.js'
import { defaultEnv, startDir } from './place.js'
import { demoSummaryLines } from './render/demo-summary.js'

/** The project that the tour makes where there is none. */
const demoFolder = 'corelab-demo'
/** In somebody's project the tour keeps away from the environment that is worked with. */
const demoEnv = 'demo'

/** Runs the tour here, and turns its verdict into an exit status. */
export async function runDemo(
  options: Omit<TourOptions, 'dir' | 'env'> & { readonly place: PlaceFlags },
  context: Context,
): Promise<Answer> {
  const { place, ...tour } = options
  const { dir, env } = await tourPlace(place)
  const result = await runTour({ ...tour, dir, env: place.env ?? env }, context)
  return {
    data: result,
    lines: (screen) => demoSummaryLines(result, { cwd: process.cwd(), projectDir: dir }, screen),
    exit: exitOf(result.verdict),
    env: result.env,
  }
}

async function tourPlace(place: PlaceFlags): Promise<{ readonly dir: string; readonly env: string }> {
  const fromDir = startDir(place)
  try {
    const project = await findProject({ fromDir })
    return { dir: project.dir, env: demoEnv }
  } catch (thrown) {
    if (!(thrown instanceof CorelabError) || thrown.code !== 'PROJECT_NOT_FOUND') throw thrown
    // A folder that was named is the project to be; without a name it gets one of its own.
    return { dir: place.project === undefined ? join(fromDir, demoFolder) : fromDir, env: defaultEnv }
  }
}

function exitOf(verdict: TourResult['verdict']): ExitCode {
  switch (verdict) {
    case 'pass':
      return exitCodes.ok
    case 'fail':
      return exitCodes.negative
    case 'unknown':
      return exitCodes.inconclusive
  }
}
