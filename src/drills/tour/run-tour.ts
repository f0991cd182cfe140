import { takeDown } from '../../cluster/down.js'
import { present } from '../../kit/assert.js'
import { type Context, uncancelled } from '../../kit/context.js'
import type { DemoResult, TourStep } from '../../model/demo-result.js'
import { ensureDir } from '../../sys/files.js'
import { corelabVersion, hostOfRun } from '../stage/host-of-run.js'
import type { TourOptions, TourResult } from './tour-options.js'
import { tourResult } from './tour-result.js'
import type { TourState } from './tour-state.js'
import { beginTour, populationOf, profileOf, refOf, reportDirOfTour } from './tour-state.js'
import { walk } from './walk.js'
import { writeReport } from './write-report.js'

/**
 * The whole tour: a project, a running core, customers, transfers, a killed master, checks, figures, a report.
 * Never throws for what goes wrong on the way: a failed step is in the result, which is written in any case, also
 * after Ctrl+C (then the verdict is `unknown`, and a core that the tour had started is stopped again).
 */
export async function runTour(options: TourOptions, context: Context): Promise<TourResult> {
  const tour = beginTour(options, context)
  try {
    await walk(tour)
  } finally {
    await tour.stage?.close()
  }
  const reportDir = await report(tour)
  const running = await leave(tour)
  return { ...(await resultSoFar(tour, tour.steps.list)), reportDir, running }
}

/** Writes what there is; null when there is no place for it or writing failed. */
async function report(tour: TourState): Promise<string | null> {
  const title = 'Write the report'
  const needs = [{ what: 'a project', met: tour.project !== null }]
  const startedAtMs = tour.clock.nowMs()
  return tour.steps.run({ id: 'report', title, needs, always: true, summarise: (dir) => dir }, async () => {
    const dir = present(reportDirOfTour(tour), 'report folder')
    await ensureDir(dir)
    // The page tells about its own step too, as far as that can be known from inside.
    const durationMs = tour.clock.nowMs() - startedAtMs
    const own: TourStep = {
      id: 'report',
      title,
      state: 'done',
      startedAtMs,
      durationMs,
      summary: null,
      error: null,
    }
    await writeReport(dir, await resultSoFar(tour, [...tour.steps.list, own]))
    return dir
  })
}

/** Stops the core when that was asked for, and after Ctrl+C unless it ran before the tour. True when it runs on. */
async function leave(tour: TourState): Promise<boolean> {
  const { core, project, options, context } = tour
  if (!core || !project) return false
  const cancelledOurs = context.signal.aborted && !core.alreadyRunning
  if (options.keepRunning && !cancelledOurs) return true
  await takeDown({ ...refOf(tour, project), deleteVolumes: false }, uncancelled(context))
  return false
}

async function resultSoFar(tour: TourState, steps: readonly TourStep[]): Promise<DemoResult> {
  const { options, stage, kill, transfers } = tour
  const { seed, customers } = populationOf(tour)
  return tourResult({
    runClock: tour.clock,
    corelab: await corelabVersion(),
    command: options.command,
    projectDir: tour.project?.dir ?? options.dir,
    env: options.env,
    profile: profileOf(tour),
    seed,
    users: customers,
    host: hostOfRun(tour.plan?.versions ?? null),
    cancelled: tour.context.signal.aborted,
    steps,
    population: tour.population,
    transfers: transfers && { ...transfers, durability: tour.durability, resolved: tour.resolved },
    kill,
    gap: kill && stage ? stage.run.longestGapAfter(kill.atMs) : null,
    firstRoles: tour.firstRoles,
    keeperEvents: (await tour.record?.read()) ?? [],
    checks: tour.checks,
    figures: tour.figures,
  })
}
