import { type Context, uncancelled } from '../../kit/context.js'
import { reasonOf } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatCount } from '../../kit/units.js'
import type { Attribution, BenchCheck, BenchLoad, BenchResult } from '../../model/bench-result.js'
import { openAttribution } from '../attribution/attribution-run.js'
import type { LoadRecord } from '../engine/load-record.js'
import { startLoad } from '../engine/run-load.js'
import type { Prepared, Scenario } from '../scenarios/scenario.js'
import type { BenchCore } from './bench-core.js'
import { figureOf, okInWindow } from './figure-of.js'
import { checkOneMaster } from './one-master.js'
import { benchHost, corelabRevision } from './provenance.js'
import type { RunUnderWay } from './run-under-way.js'
import type { RunWishes } from './run-wishes.js'
import { settingsOf } from './settings-of.js'
import { showProgress } from './show-progress.js'

/**
 * Runs a scenario once: prepares it, drives its load, books who spent what within the measured window, verifies the
 * effects. Ctrl+C ends it with a result that has no figure. Throws what preparing throws (USAGE, BENCH_NEEDS, NO_MASTER...),
 * and what opening the first session throws.
 */
export async function runScenario(
  scenario: Scenario,
  wishes: RunWishes,
  core: BenchCore,
  context: Context,
  options: RunOptions = {},
): Promise<BenchResult> {
  const prepared = await prepare(scenario, wishes, core, context)
  // Also a run that was cancelled has its effects looked at, and leaves nothing behind.
  const calm = uncancelled(context)
  try {
    const about = {
      schema: 'corelab/bench-result@1',
      scenario: scenario.name,
      title: prepared.title ?? scenario.title,
      command: wishes.command,
      corelab: await corelabRevision(),
      host: benchHost(core.versions),
      settings: settingsOf(scenario, wishes, core, prepared),
    } as const
    const resultOf = (
      record: LoadRecord,
      seen: Pick<BenchResult, 'attribution' | 'checks'>,
    ): BenchResult => ({
      ...about,
      id: `${timeForNames(record.startedAt)}-${scenario.name}`,
      startedAt: record.startedAt,
      load: loadOf(record),
      ...seen,
      ...figureOf(scenario.unit, record, seen.checks),
    })
    const crashed = (record: LoadRecord) =>
      resultOf({ ...record, ended: 'crashed' }, { attribution: nothingBooked, checks: [] })
    const { record, attribution } = await drive({ scenario, prepared, core, crashed, options }, context)
    const checks = await verify({ prepared, core }, record, calm)
    return resultOf(record, { attribution, checks })
  } finally {
    await prepared.dispose(calm)
  }
}

export interface RunOptions {
  readonly threadEntry?: URL
  /** Where the run leaves what it has seen, in case that its process dies. The caller forgets it, once the result is saved. */
  readonly underWay?: RunUnderWay
}

/** A process that died booked nothing. */
const nothingBooked: Attribution = Object.freeze({
  processes: [],
  fsyncsPerOperation: null,
  lagMaxMs: {},
  hostBusyShare: null,
  hostStolenShare: null,
  noise: null,
})

/** `2026-11-23T05-20-00Z`: sorts by time, and is a name in every file system. */
export function timeForNames(iso: string): string {
  return iso.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')
}

function prepare(
  scenario: Scenario,
  wishes: RunWishes,
  core: BenchCore,
  context: Context,
): Promise<Prepared> {
  const step = { step: 'bench.prepare', title: `Prepare ${scenario.name} on ${core.name}` }
  return asStep(context.emit, step, context.clock, () => scenario.prepare(core, wishes, context))
}

async function drive(
  job: {
    readonly scenario: Scenario
    readonly prepared: Prepared
    readonly core: BenchCore
    /** The result of a command that died with this record. */
    crashed(record: LoadRecord): BenchResult
    readonly options: RunOptions
  },
  context: Context,
) {
  const { scenario, prepared, core, crashed, options } = job
  const { underWay, threadEntry } = options
  const { plan, operationsMax = null } = prepared
  const connections = `${formatCount(plan.connections)} ${plan.connections === 1 ? 'client' : 'clients'}`
  const step = { step: 'bench.run', title: `Run ${scenario.name} with ${connections}` }
  const work = async () => {
    const attribution = await openAttribution(core, prepared, context)
    const over = new AbortController()
    try {
      const run = startLoad(plan, context, {
        ...(threadEntry === undefined ? {} : { threadEntry }),
        onWindow: () => {
          attribution.begin()
          underWay?.follow(run, crashed, over.signal)
        },
        onWindowEnd: () => attribution.end(),
      })
      const record = await showProgress(run, { step: step.step, plan, operationsMax }, context)
      over.abort()
      // Whoever is killed while effects are looked at has measured the whole window.
      await underWay?.write(crashed(record))
      return { record, attribution: await attribution.finish(okInWindow(record)) }
    } catch (error) {
      over.abort()
      await attribution.finish(0)
      throw error
    }
  }
  const summary = ({ record }: { readonly record: LoadRecord }) => rateSentence(scenario.unit, record)
  return asStep(context.emit, step, context.clock, work, summary)
}

/** A check that could not be made is one that failed: nobody knows then what the run did. */
async function verify(
  { prepared, core }: { readonly prepared: Prepared; readonly core: BenchCore },
  record: LoadRecord,
  context: Context,
): Promise<readonly BenchCheck[]> {
  const step = { step: 'bench.verify', title: 'Compare effects with what the clients were told' }
  const work = async (): Promise<readonly BenchCheck[]> => {
    try {
      return [...(await prepared.verify(record, context)), ...(await checkOneMaster(core))]
    } catch (error) {
      return [{ name: 'verification', valid: false, summary: `could not be made: ${reasonOf(error)}` }]
    }
  }
  const summary = (checks: readonly BenchCheck[]) => {
    const broken = checks.filter(({ valid }) => !valid).length
    return broken === 0 ? `${checks.length} hold` : `${broken} of ${checks.length} do not hold`
  }
  return asStep(context.emit, step, context.clock, work, summary)
}

function rateSentence(unit: string, record: LoadRecord): string {
  const ok = okInWindow(record)
  const rate = record.windowMs > 0 ? (ok * 1000) / record.windowMs : 0
  const errors = record.classes.reduce((sum, { failed, unknown }) => sum + failed + unknown, 0)
  return `${formatCount(rate)} ${unit}, ${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}`
}

function loadOf(record: LoadRecord): BenchLoad {
  const { plan, startedAt: _, clientCpuMs: __, ...load } = record
  return { ...load, warmUpMs: plan.warmUpMs }
}
