import { join, resolve } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { BenchCore } from '../../load/bench/bench-core.js'
import { coreOfEnvironment } from '../../load/bench/core-of-environment.js'
import { runScenario } from '../../load/bench/run-scenario.js'
import type { RunWishes } from '../../load/bench/run-wishes.js'
import { compareSides } from '../../load/compare/compare.js'
import { compareSaved } from '../../load/compare/compare-saved.js'
import { readGates } from '../../load/compare/gates.js'
import { repeatComparison } from '../../load/compare/repeat-comparison.js'
import { readSaved } from '../../load/compare/saved-runs.js'
import { scenarioSide } from '../../load/compare/scenario-side.js'
import { sysbenchSide } from '../../load/compare/sysbench-side.js'
import type { WantedDifference } from '../../load/compare/unlike.js'
import type { BenchComparison } from '../../model/bench-comparison.js'
import type { BenchResult } from '../../model/bench-result.js'
import { packageRoot } from '../../project/package-root.js'
import type { Answer } from '../answer.js'
import type { PlaceFlags } from '../place.js'
import { placeToUse } from '../place.js'
import { shellQuoted } from '../shell-quoted.js'
import { compareAnswer, saveComparison } from './compare-answer.js'
import { type LoadFlagValues, loadWords, wishesOf } from './load-flags.js'
import { type Operand, operandOf, wishesOfOperand } from './operand.js'
import { saveLeftRuns } from './runs-under-way.js'

export interface BenchCompareFlags extends LoadFlagValues {
  readonly place: PlaceFlags
  readonly a: string
  readonly b: string | null
  readonly against: string | null
  readonly rounds: number
  /** Separate runs of the whole comparison, one after the other. */
  readonly runs: number
  readonly gates: string | null
  readonly report: string | null
}

/**
 * Measures two sides in turns, as often as is wished, or sets saved runs against each other; exit 1 when a gate is missed.
 * Each run is saved when it is over, so Ctrl+C loses the one that is under way.
 */
export async function compareBench(flags: BenchCompareFlags, context: Context): Promise<Answer> {
  if ((flags.b === null) === (flags.against === null))
    throw corelabError('USAGE', {
      message: 'Compare with what? Either a second side, or --against',
      fix: [
        'corelab bench compare db-read --against sysbench',
        'corelab bench compare db-read,node=master db-read,node=shadow',
      ],
    })
  const ref = await placeToUse(flags.place)
  const { reportsDir } = pathsOf(ref)
  const shelf = join(reportsDir, 'bench')
  await saveLeftRuns(shelf, context)
  const command = commandOf(flags)
  const wishes = blockWishes(flags, command)
  const a = await operandOf(flags.a, reportsDir)
  const peer = flags.against === 'sysbench'
  const b = peer ? a : await otherOperand(a, flags, reportsDir)
  const saved = await readSaved(shelf)
  const job = { a, b, peer, wishes, flags, command, saved }
  const both = a.kind === 'saved' && b.kind === 'saved' && !peer ? { a: a.result, b: b.result } : null
  if (flags.runs > 1 && (a.kind === 'saved' || b.kind === 'saved')) throw savedRunsTwice()
  const measure = async (earlier: readonly BenchComparison[]) => {
    if (both) return compareFiles({ ...job, results: both }, context)
    // A core may have changed its master since the last run.
    const core = await coreOfEnvironment(ref, context)
    return compareOnCore({ ...job, repeats: earlier }, core, context)
  }
  const { runs, report } = flags
  const keep = (comparison: BenchComparison, run: number) => {
    if (report === null) return saveComparison(comparison, join(shelf, comparison.id))
    return saveComparison(comparison, runs === 1 ? resolve(report) : resolve(report, `run-${run}`))
  }
  const kept = await repeatComparison({ runs, measure, keep }, context)
  return compareAnswer(kept, { env: ref.env, wanted: runs })
}

function savedRunsTwice() {
  return corelabError('USAGE', {
    message: '--runs measures again, and a saved run is what it is',
    fix: ['corelab bench compare db-read --against mysql2 --runs 3'],
  })
}

interface Job {
  readonly a: Operand
  readonly b: Operand
  /** The other side is sysbench. */
  readonly peer: boolean
  readonly wishes: RunWishes
  readonly flags: BenchCompareFlags
  readonly command: string
  readonly saved: Awaited<ReturnType<typeof readSaved>>
}

async function compareOnCore(
  job: Job & { readonly repeats: readonly BenchComparison[] },
  core: BenchCore,
  context: Context,
): Promise<BenchComparison> {
  const { a, b, peer, wishes, flags } = job
  if (a.kind === 'saved' || b.kind === 'saved') {
    const measure = (operand: Operand) =>
      operand.kind === 'saved'
        ? operand.result
        : runScenario(operand.scenario, wholeRun(wishesOfOperand(operand, wishes), flags), core, context)
    const results = { a: await measure(a), b: await measure(b) }
    return compareFiles({ ...job, results }, context)
  }
  const own = { a: wishesOfOperand(a, wishes), b: wishesOfOperand(b, wishes) }
  const labels = peer ? { a: own.a.driver, b: 'sysbench' } : labelsOf(a, b, own)
  const sides = {
    a: scenarioSide(a.scenario, own.a, { core, label: labels.a }),
    b: peer
      ? sysbenchSide(a.scenario, own.a, core)
      : scenarioSide(b.scenario, own.b, { core, label: labels.b }),
  }
  const gates = await readGates(flags.gates ?? join(packageRoot, 'bench', 'gates'))
  return compareSides(
    sides,
    {
      ...{ rounds: flags.rounds, wishes: own.a, wanted: wantedOf(a, b, own), gates },
      ...{
        earlier: job.saved.comparisons,
        repeats: job.repeats,
        command: job.command,
        versions: core.versions,
      },
    },
    context,
  )
}

function compareFiles(
  job: Job & { readonly results: { readonly a: BenchResult; readonly b: BenchResult } },
  context: Context,
): Promise<BenchComparison> {
  const labels = { a: job.results.a.id, b: job.results.b.id }
  const repeats = job.saved.results
  return compareSaved(job.results, { labels, wanted: new Set(), repeats, command: job.command }, context)
}

function otherOperand(a: Operand, flags: BenchCompareFlags, reportsDir: string): Promise<Operand> | Operand {
  if (flags.b !== null) return operandOf(flags.b, reportsDir)
  if (flags.against === 'mysql2' && a.kind === 'scenario')
    return { ...a, text: 'mysql2', knobs: { ...a.knobs, driver: 'mysql2' } }
  return operandOf(flags.against ?? '', reportsDir)
}

/** What the two sides differ in because the user said so. */
function wantedOf(
  a: Extract<Operand, { kind: 'scenario' }>,
  b: Extract<Operand, { kind: 'scenario' }>,
  own: { readonly a: RunWishes; readonly b: RunWishes },
): ReadonlySet<WantedDifference> {
  const wanted = new Set<WantedDifference>()
  if (a.scenario.name !== b.scenario.name) wanted.add('scenario')
  for (const name of ['driver', 'transport', 'connections'] as const)
    if (own.a[name] !== own.b[name]) wanted.add(name)
  if (JSON.stringify(own.a.options) !== JSON.stringify(own.b.options)) wanted.add('options')
  return wanted
}

/** Only what differs names a side: `wire` and `mysql2`, or `node=master` and `node=shadow`. */
function labelsOf(
  a: Extract<Operand, { kind: 'scenario' }>,
  b: Extract<Operand, { kind: 'scenario' }>,
  own: { readonly a: RunWishes; readonly b: RunWishes },
): { readonly a: string; readonly b: string } {
  const words = (mine: typeof a, wishes: RunWishes, other: RunWishes) => [
    ...(a.scenario.name === b.scenario.name ? [] : [mine.scenario.name]),
    ...(wishes.driver === other.driver ? [] : [wishes.driver]),
    ...(wishes.transport === other.transport ? [] : [wishes.transport]),
    ...(wishes.connections === other.connections ? [] : [`${wishes.connections} clients`]),
    ...(wishes.workers === other.workers ? [] : [`${wishes.workers} threads`]),
    ...Object.entries(wishes.options).flatMap(([name, value]) =>
      [undefined, value].includes(other.options[name]) ? [] : [`${name}=${value}`],
    ),
  ]
  const left = words(a, own.a, own.b).join(' ')
  const right = words(b, own.b, own.a).join(' ')
  return left === right ? { a: 'A', b: 'A again' } : { a: left, b: right }
}

const blockMs = 3000
const blockWarmUpMs = 1000

/** A block is short, so that the next one meets the same host. */
function blockWishes(flags: BenchCompareFlags, command: string): RunWishes {
  const wishes = wishesOf(flags, command)
  return {
    ...wishes,
    durationMs: flags.duration ?? blockMs,
    warmUpMs: flags['warm-up'] ?? blockWarmUpMs,
  }
}

/** Against a saved run one window is measured, as long as `bench run` makes it. */
function wholeRun(wishes: RunWishes, flags: BenchCompareFlags): RunWishes {
  const { durationMs, warmUpMs } = wishesOf(flags, wishes.command)
  return { ...wishes, durationMs, warmUpMs }
}

function commandOf(flags: BenchCompareFlags): string {
  const { project, env } = flags.place
  return [
    ...['corelab', 'bench', 'compare', shellQuoted(flags.a)],
    ...(flags.b === null ? [] : [shellQuoted(flags.b)]),
    ...(flags.against === null ? [] : ['--against', shellQuoted(flags.against)]),
    ...(flags.runs === 1 ? [] : ['--runs', String(flags.runs)]),
    ...(flags.rounds === 4 ? [] : ['--rounds', String(flags.rounds)]),
    ...loadWords(flags),
    ...(flags.gates === null ? [] : ['--gates', shellQuoted(flags.gates)]),
    ...(env === undefined ? [] : ['-e', env]),
    ...(project === undefined ? [] : ['-C', shellQuoted(project)]),
  ].join(' ')
}
