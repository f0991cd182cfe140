import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import type { BenchCheck, BenchSettings } from '../../model/bench-result.js'
import type { BenchCore } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadPlan } from '../engine/load-plan.js'
import type { LoadRecord } from '../engine/load-record.js'

/** What can be measured: how it is prepared, what the clients do, and how its effects are verified. */
export interface Scenario {
  readonly name: string
  /** A sentence: what one operation is. */
  readonly title: string
  readonly unit: 'QPS' | 'TPS'
  /** A paragraph for `bench describe`: what is measured, what is not, and what the figure means. */
  readonly about: string
  /** What must be there, e.g. `customers (corelab users load)`. */
  readonly needs: readonly string[]
  /** Own knobs with their defaults; given as `--set name=value`. */
  readonly options: readonly ScenarioOption[]
  /**
   * Checks what it needs, with errors that name the fix, and makes the tables that it uses. Cheap when they are there:
   * comparisons prepare each block anew.
   */
  prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared>
}

export interface ScenarioOption {
  readonly name: string
  readonly summary: string
  readonly default: string
  /** Allowed words, words and names of what is only known later, or an integer within bounds. */
  readonly values: readonly string[] | WordsOrName | { readonly min: number; readonly max: number }
}

interface WordsOrName {
  readonly words: readonly string[]
  readonly orName: RegExp
  /** What the name is of: `the name of a node`. */
  readonly nameOf: string
}

export interface Prepared {
  readonly plan: LoadPlan
  /** Says more than the scenario's own, e.g. whether the data fits into memory. */
  readonly title?: string
  readonly conditions: Pick<
    BenchSettings,
    'dataBytes' | 'bufferPoolBytes' | 'durability' | 'serverThreads' | 'transport' | 'customers'
  >
  /** What the clients speak through, when it is not the driver that was wished for: `http`, `router`, `redis`... */
  readonly driver?: string
  /** Whether operations commit on the master: then fsyncs are counted per operation. */
  readonly writes: boolean
  /** The run ends in order before it has done more; absent or null = no limit. */
  readonly operationsMax?: number | null
  /**
   * After the run: effects against what clients were told. Called once, also for a run that was cancelled or stopped, with
   * a context that is not. Throws what connecting throws, and then there is no figure either.
   */
  verify(record: LoadRecord, context: Context): Promise<readonly BenchCheck[]>
  /** Takes away what `prepare` made for this run only, with the same context. Never rejects. */
  dispose(context: Context): Promise<void>
}

/** The plan of a run as the wishes say it; the scenario says what the sessions do. */
export function planOf(wishes: RunWishes, workload: LoadPlan['workload']): LoadPlan {
  const { connections, workers, arrival, rampMs, warmUpMs, durationMs, seed, errorShareMax, lateMaxMs } =
    wishes
  return {
    ...{ connections, workers: Math.min(workers, connections), arrival, rampMs, warmUpMs, durationMs },
    ...{ seed, errorShareMax, lateMaxMs, workload },
  }
}

/** Every option of a scenario by its name, as text. */
export type OptionValues = Readonly<Record<string, string>>

/** The knobs of a run with defaults filled in. Throws USAGE for an unknown one, and for a value that is not allowed. */
export function optionsOf(
  scenario: Pick<Scenario, 'name' | 'options'>,
  { options }: Pick<RunWishes, 'options'>,
): OptionValues {
  for (const [name, value] of Object.entries(options)) {
    const option = scenario.options.find((each) => each.name === name)
    if (!option) throw unknownOption(scenario, name)
    if (!isAllowed(option, value)) throw badValue(option, value)
  }
  return Object.fromEntries(scenario.options.map((each) => [each.name, options[each.name] ?? each.default]))
}

/** An option that has bounds. */
export function numberOf(options: OptionValues, name: string): number {
  return Number(present(options[name], `option ${name}`))
}

/** `update, insert` or `1 to 100`. */
export function allowedValues({ values }: ScenarioOption): string {
  if ('words' in values) return [...values.words, values.nameOf].join(', ')
  return 'min' in values ? `${values.min} to ${values.max}` : values.join(', ')
}

function isAllowed({ values }: ScenarioOption, value: string): boolean {
  if ('words' in values) return values.words.includes(value) || values.orName.test(value)
  if (!('min' in values)) return values.includes(value)
  return /^\d+$/.test(value) && Number(value) >= values.min && Number(value) <= values.max
}

function unknownOption({ name, options }: Pick<Scenario, 'name' | 'options'>, given: string) {
  const names = options.map((option) => option.name)
  const meant = nearest(given, names)
  return corelabError('USAGE', {
    message: `Scenario ${name} has no option "${given}"`,
    detail: names.length > 0 ? `It has: ${names.join(', ')}` : 'It has none.',
    fix: [...(meant ? [`--set ${meant}=...`] : []), `corelab bench describe ${name}`],
  })
}

function badValue(option: ScenarioOption, value: string) {
  return corelabError('USAGE', {
    message: `"${value}" is not a value of the option ${option.name}`,
    detail: `Allowed: ${allowedValues(option)}`,
  })
}
