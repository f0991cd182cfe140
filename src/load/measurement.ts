import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import { LogHistogram } from '../kit/log-histogram.js'
import { formatCount } from '../kit/units.js'
import type { ClassRecord, Outcomes } from '../model/bench-result.js'
import type { ThroughputFigure } from '../model/demo-result.js'
import { showProgress } from './bench/show-progress.js'
import type { LoadPlan, WorkloadSpec } from './engine/load-plan.js'
import type { LoadRecord } from './engine/load-record.js'
import { startLoad } from './engine/run-load.js'
import { latencySummary } from './latency-summary.js'
import type { ServerConditions } from './server-conditions.js'

/** A figure for people, and what is behind it. */
export interface Measurement {
  readonly figure: ThroughputFigure
  /** The only class of the workload, and everything that was done, warm-up and drain included. */
  readonly run: ClassRecord & { readonly total: Outcomes }
}

export interface MeasuredLoad {
  /** Of the events that tell how far it is. */
  readonly step: string
  readonly connections: number
  readonly durationMs: number
  readonly warmUpMs: number
  readonly seed: number
  /** Of one class. */
  readonly workload: WorkloadSpec
}

export const defaultWarmUpMs = 2000

/** Runs a closed loop in this thread and shows how fast it goes. Throws what opening a session throws. */
export function runMeasured(load: MeasuredLoad, context: Context): Promise<LoadRecord> {
  const { step, connections, durationMs, warmUpMs, seed, workload } = load
  const plan: LoadPlan = {
    ...{ connections, workers: 1, arrival: { loop: 'closed', thinkMs: 0 }, rampMs: 0, warmUpMs, durationMs },
    ...{ seed, errorShareMax: null, lateMaxMs: null, workload },
  }
  return showProgress(startLoad(plan, context), { step, plan, operationsMax: null }, context)
}

/** Puts a run and its conditions into a figure. Throws VERIFY_FAILED for a run without a single OK: that is no figure. */
export function measurementOf(
  { classes: [seen], total, plan, windowMs }: LoadRecord,
  what: Pick<ThroughputFigure, 'name' | 'statement' | 'driver'>,
  conditions: ServerConditions,
): Measurement {
  const latency = seen ? latencySummary(LogHistogram.of(seen.latency)) : null
  if (seen === undefined || latency === null) throw noFigure(what.name, seen?.errors ?? {})
  return {
    run: { ...seen, total },
    figure: {
      ...what,
      operationsPerSecond: (seen.ok * 1000) / windowMs,
      errors: seen.failed + seen.unknown,
      connections: plan.connections,
      durationMs: windowMs,
      latency,
      loop: 'closed',
      durability: conditions.durability,
      dataBytes: conditions.dataBytes,
      bufferPoolBytes: conditions.bufferPoolBytes,
    },
  }
}

/** `12,345/s, p95 4.2 ms, 0 errors` */
export function figureSentence({ figure }: Measurement): string {
  const { operationsPerSecond, latency, errors } = figure
  return `${formatCount(operationsPerSecond)}/s, p95 ${latency.p95Ms.toFixed(1)} ms, ${formatCount(errors)} errors`
}

function noFigure(name: string, errors: Readonly<Record<string, number>>) {
  const [worst] = Object.entries(errors).sort(([, a], [, b]) => b - a)
  return corelabError('VERIFY_FAILED', {
    message: `No ${name} ended well, so there is no figure`,
    detail: worst ? `${worst[0]}: ${worst[1]} times` : undefined,
  })
}
