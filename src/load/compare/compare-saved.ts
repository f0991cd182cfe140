import { isoTime } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { runSpread } from '../../kit/statistics/run-spread.js'
import type {
  BenchComparison,
  ComparedMeasure,
  ComparedRatio,
  RatioInterval,
} from '../../model/bench-comparison.js'
import type { BenchResult } from '../../model/bench-result.js'
import { corelabRevision } from '../bench/provenance.js'
import { timeForNames } from '../bench/run-scenario.js'
import { blockFigures } from './block-figures.js'
import { conditionsOf, digestOf } from './compare.js'
import { measures, verdictOf } from './judge-blocks.js'
import type { WantedDifference } from './unlike.js'
import { requireLike } from './unlike.js'

/** How far runs at different times of one host lie apart even when nothing changed, if no repeats tell it. */
const assumedSpread = 0.1

/**
 * Compares runs that were not measured in turns: what the host did meanwhile is in the ratio, so the interval also holds
 * the spread between runs, and a ratio from files never meets or misses a gate. Throws RUNS_UNLIKE.
 */
export async function compareSaved(
  sides: { readonly a: BenchResult; readonly b: BenchResult },
  options: {
    readonly labels: { readonly a: string; readonly b: string }
    readonly wanted: ReadonlySet<WantedDifference>
    /** All saved runs: those with the settings of a side are repeats of it. */
    readonly repeats: readonly BenchResult[]
    readonly command: string
  },
  context: Context,
): Promise<BenchComparison> {
  const { a, b } = sides
  requireLike(sides, options.wanted)
  const spread = Math.max(spreadOf(a, options.repeats), spreadOf(b, options.repeats))
  const startedAt = isoTime(context.clock.wallMs())
  const broken = a.notAFigure ?? b.notAFigure
  const window = {
    connections: a.settings.connections,
    durationMs: a.load.windowMs,
    warmUpMs: a.load.warmUpMs,
  }
  const describe = (result: BenchResult, label: string) => ({
    label,
    scenario: result.scenario,
    driver: result.settings.driver,
    options: {},
  })
  return {
    schema: 'corelab/bench-comparison@1',
    id: `${timeForNames(startedAt)}-saved`,
    startedAt,
    command: options.command,
    corelab: await corelabRevision(),
    host: a.host,
    how: 'saved',
    sides: { a: describe(a, options.labels.a), b: describe(b, options.labels.b) },
    conditions: conditionsOf(a, window, options.wanted),
    digest: digestOf([a.settings, b.settings]),
    seed: a.settings.seed,
    blocks: [],
    ratios: ratiosOf(sides, spread),
    noise: {
      verdict: 'noisy',
      reason: `the runs were not measured in turns; runs of one host are taken to lie ${(spread * 100).toFixed(0)} % apart`,
      rounds: 0,
      roundsLeftOut: 0,
    },
    gates: [],
    checks: [...a.checks, ...b.checks].filter(({ valid }) => !valid),
    notAComparison: broken,
  }
}

function ratiosOf(
  { a, b }: { readonly a: BenchResult; readonly b: BenchResult },
  spread: number,
): readonly ComparedRatio[] {
  const [left, right] = [blockFigures(a), blockFigures(b)]
  const within = Math.hypot(halfOf(a), halfOf(b))
  return (Object.keys(measures) as ComparedMeasure[]).flatMap((measure) => {
    const [x, y] = [left[measure], right[measure]]
    if (x === null || y === null || x <= 0 || y <= 0) return []
    const half = Math.hypot(within, 2 * spread * Math.SQRT2)
    const interval: RatioInterval = {
      estimate: x / y,
      low: (x / y) * Math.exp(-half),
      high: (x / y) * Math.exp(half),
      level: 0.95,
    }
    const verdict = verdictOf(interval, measures[measure])
    return [
      { measure, better: measures[measure], a: x, b: y, withinRun: interval, betweenRuns: null, verdict },
    ]
  })
}

/** Half of the interval within a run, as a share of its rate. */
function halfOf({ figure }: BenchResult): number {
  if (figure?.perSecondInterval == null || figure.perSecond <= 0) return assumedSpread
  return (figure.perSecondInterval[1] - figure.perSecondInterval[0]) / 2 / figure.perSecond
}

/** Relative standard deviation of the rates of the saved repeats of a run; assumed with fewer than three. */
function spreadOf(run: BenchResult, saved: readonly BenchResult[]): number {
  const same = (each: BenchResult) =>
    each.settings.digest === run.settings.digest &&
    each.settings.connections === run.settings.connections &&
    each.settings.driver === run.settings.driver &&
    each.host.hostname === run.host.hostname
  const rates = saved.flatMap((each) => (each.figure && same(each) ? [each.figure.perSecond] : []))
  const spread = rates.length < 3 ? null : runSpread(rates)
  return spread?.relativeDeviation ?? assumedSpread
}
