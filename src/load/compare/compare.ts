import { createHash } from 'node:crypto'
import { isoTime } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { runSpread } from '../../kit/statistics/run-spread.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import type { BenchComparison, BenchGate, ComparedRatio, ComparedSide } from '../../model/bench-comparison.js'
import type { BenchResult } from '../../model/bench-result.js'
import { dataText, serverFacts } from '../../report/bench/conditions.js'
import { benchHost, corelabRevision } from '../bench/provenance.js'
import { timeForNames } from '../bench/run-scenario.js'
import type { RunWishes } from '../bench/run-wishes.js'
import { judgeGates } from './gates.js'
import { judgeBlocks, judgeNoise } from './judge-blocks.js'
import { runBlocks } from './run-blocks.js'
import type { CompareSide } from './side.js'
import type { WantedDifference } from './unlike.js'
import { requireLike } from './unlike.js'

export interface CompareWishes {
  readonly rounds: number
  /** Of each block; `durationMs` is the length of its window. */
  readonly wishes: RunWishes
  /** What the comparison is about. */
  readonly wanted: ReadonlySet<WantedDifference>
  readonly gates: readonly BenchGate[]
  /** Earlier comparisons; those of the same digest are separate runs of this one. */
  readonly earlier: readonly BenchComparison[]
  /** Separate runs that the same call has made, whatever grew meanwhile. */
  readonly repeats: readonly BenchComparison[]
  readonly command: string
  readonly versions: Readonly<Record<string, string>>
}

/**
 * Measures both sides in turns and says what differs. Throws RUNS_UNLIKE after the first block of each side when they
 * differ in more than what is wanted, and what preparing the scenarios throws.
 */
export async function compareSides(
  sides: { readonly a: CompareSide; readonly b: CompareSide },
  options: CompareWishes,
  context: Context,
): Promise<BenchComparison> {
  const { rounds, wishes, wanted } = options
  const startedAt = isoTime(context.clock.wallMs())
  const seen = await runBlocks(sides, { rounds, likeness: (first) => requireLike(first, wanted) }, context)
  const conditions = conditionsOf(seen.first.a ?? seen.first.b, wishes, wanted)
  const described = { a: sides.a.described, b: sides.b.described }
  const host = benchHost(options.versions)
  const digest = digestOf({
    ...{ described, host: [host.hostname, host.cpuModel, host.cores] },
    conditions: conditions.filter(([name]) => name !== 'Data'),
    data: dataClass(seen.first.a ?? seen.first.b),
  })
  const noise = judgeNoise(seen.blocks)
  const same = options.earlier.filter((each) => each.digest === digest)
  const ratios = withEarlier(judgeBlocks(seen.blocks, wishes.seed), [...same, ...options.repeats])
  return {
    schema: 'corelab/bench-comparison@1',
    id: `${timeForNames(startedAt)}-${described.a.label}-${described.b.label}`.replaceAll(/[^\w.-]+/g, '_'),
    startedAt,
    command: options.command,
    corelab: await corelabRevision(),
    host,
    how: 'interleaved',
    sides: described,
    conditions,
    digest,
    seed: wishes.seed,
    blocks: seen.blocks,
    ratios,
    noise,
    gates: judgeGates(options.gates, {
      ...gateKeyOf(described),
      connections: wishes.connections,
      ratios,
      noisy: noise.verdict === 'noisy',
    }),
    checks: seen.checks,
    notAComparison: seen.notAComparison,
  }
}

/** What both sides share, for people; settings that differ on purpose are told by the sides. */
export function conditionsOf(
  result: BenchResult | null,
  wishes: Pick<RunWishes, 'connections' | 'durationMs' | 'warmUpMs'>,
  wanted: ReadonlySet<WantedDifference>,
): BenchComparison['conditions'] {
  const block = `${formatDuration(wishes.durationMs)} after ${formatDuration(wishes.warmUpMs)} of warm-up`
  const connections: BenchComparison['conditions'] = wanted.has('connections')
    ? []
    : [['Connections', formatCount(wishes.connections)]]
  if (!result) return [...connections, ['Block', block]]
  const { settings } = result
  return [
    ['Durability', settings.durability],
    ['Data', dataText(settings)],
    ...serverFacts(settings),
    ...connections,
    ['Loop', settings.loop === 'closed' ? 'closed' : `open at ${settings.ratePerSecond}/s`],
    ...(wanted.has('transport') ? [] : [['Transport', settings.transport] as const]),
    ['Profile', settings.profile],
    ['Block', block],
  ]
}

/** The other side of a gate is named by its label: `sysbench`, `mysql2`, or the knob that sets it apart. */
export function gateKeyOf({ a, b }: { readonly a: ComparedSide; readonly b: ComparedSide }) {
  return { scenario: a.scenario, against: b.label }
}

/** A comparison adds to the data that it measures, so runs of the same one seldom find the same number of bytes. */
function dataClass(result: BenchResult | null) {
  if (!result) return null
  const { customers, dataBytes, bufferPoolBytes } = result.settings
  return { customers, bufferPoolBytes, doublings: Math.round(Math.log2(Math.max(1, dataBytes))) }
}

/** Separate runs, this one included, lie apart by more than one run can know. `earlier`: the others. */
export function withEarlier(
  ratios: readonly ComparedRatio[],
  earlier: readonly BenchComparison[],
): readonly ComparedRatio[] {
  const same = earlier.filter((each) => each.notAComparison === null)
  return ratios.map((ratio) => {
    const of = ({ ratios: all }: Pick<BenchComparison, 'ratios'>) =>
      all.flatMap((each) => (each.measure === ratio.measure ? (estimateOf(each) ?? []) : []))
    const own = estimateOf(ratio)
    const spread = own === null ? null : runSpread([...same.flatMap(of), own])
    if (!spread) return ratio
    const { runs, min, max, relativeDeviation } = spread
    return { ...ratio, betweenRuns: { runs, min, max, relativeDeviation } }
  })
}

/** Also of a run that was too short for an interval: how far runs lie apart needs none. */
export function estimateOf({ withinRun, a, b }: ComparedRatio): number | null {
  if (withinRun) return withinRun.estimate
  return a !== null && b !== null && b > 0 ? a / b : null
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}
