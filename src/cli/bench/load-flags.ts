import { Flags } from '@oclif/core'
import { corelabError } from '../../kit/errors.js'
import { type DriverName, defaultWishes, driverNames, type RunWishes } from '../../load/bench/run-wishes.js'
import { durationFlag } from '../flags.js'
import { shellQuoted } from '../shell-quoted.js'

/** How the load of a run is made; the same for `bench run` and for comparisons. */
export const loadFlags = () => ({
  connections: Flags.integer({
    char: 'c',
    summary: 'Clients at the same time; 50 without it',
    min: 1,
    max: 5000,
  }),
  workers: Flags.integer({ summary: 'Threads of the load; 1 without it', min: 1, max: 64 }),
  duration: durationFlag({ summary: 'Length of the measured window; 10s without it' }),
  'warm-up': durationFlag({ summary: 'Before the window, not measured; 2s without it' }),
  ramp: durationFlag({ summary: 'Clients or rate grow within this time' }),
  rate: Flags.integer({ summary: 'Open loop: operations planned per second', min: 1 }),
  poisson: Flags.boolean({ summary: 'Open loop: at random distances', dependsOn: ['rate'] }),
  'skip-after': durationFlag({ summary: 'Open loop: skip what begins later than this' }),
  think: durationFlag({ summary: 'Closed loop: wait between two operations' }),
  driver: Flags.option({ options: driverNames, summary: 'How clients talk to databases; wire without it' })(),
  tcp: Flags.boolean({ summary: 'TCP instead of unix sockets' }),
  'errors-max': Flags.integer({ summary: 'Stop above this percent of errors; 5', min: 0, max: 100 }),
  seed: Flags.integer({ summary: 'The same seed draws the same keys', min: 0, max: 4_294_967_295 }),
  set: Flags.string({
    summary: "One of the scenario's own options",
    multiple: true,
    helpValue: 'NAME=VALUE',
  }),
})

/** The values of {@link loadFlags}, as a command has parsed them. */
export interface LoadFlagValues {
  readonly connections?: number | undefined
  readonly workers?: number | undefined
  readonly duration?: number | undefined
  readonly 'warm-up'?: number | undefined
  readonly ramp?: number | undefined
  readonly rate?: number | undefined
  readonly poisson?: boolean | undefined
  readonly 'skip-after'?: number | undefined
  readonly think?: number | undefined
  readonly driver?: DriverName | undefined
  readonly tcp?: boolean | undefined
  readonly 'errors-max'?: number | undefined
  readonly seed?: number | undefined
  readonly set?: readonly string[] | undefined
}

/** Complete wishes. `command`: how the run is repeated. Throws USAGE for contradictions. */
export function wishesOf(flags: LoadFlagValues, command: string): RunWishes {
  if (flags.rate !== undefined && flags.think !== undefined)
    throw corelabError('USAGE', {
      message: '--rate plans when operations begin, so there is no time to think between them',
      fix: ['leave out --think, or --rate'],
    })
  if (flags['skip-after'] !== undefined && flags.rate === undefined)
    throw corelabError('USAGE', { message: '--skip-after is about planned times: it needs --rate' })
  const defaults = defaultWishes
  const errorPercent = flags['errors-max']
  return {
    connections: flags.connections ?? defaults.connections,
    workers: flags.workers ?? defaults.workers,
    arrival: arrivalOf(flags),
    rampMs: flags.ramp ?? defaults.rampMs,
    warmUpMs: flags['warm-up'] ?? defaults.warmUpMs,
    durationMs: flags.duration ?? defaults.durationMs,
    seed: flags.seed ?? defaults.seed,
    driver: flags.driver ?? defaults.driver,
    transport: flags.tcp ? 'tcp' : 'unix-socket',
    errorShareMax: errorPercent === undefined ? defaults.errorShareMax : errorPercent / 100,
    lateMaxMs: flags['skip-after'] ?? null,
    options: optionsOf(flags.set ?? []),
    command,
  }
}

/** The words that make the same wishes again, for the command line that a result carries. */
export function loadWords(flags: LoadFlagValues): readonly string[] {
  const ms = (name: 'duration' | 'warm-up' | 'ramp' | 'skip-after' | 'think') =>
    flags[name] === undefined ? [] : [`--${name}`, durationWord(flags[name])]
  const plain = (name: 'connections' | 'workers' | 'rate' | 'driver' | 'errors-max' | 'seed') =>
    flags[name] === undefined ? [] : [`--${name}`, String(flags[name])]
  return [
    ...plain('connections'),
    ...plain('workers'),
    ...ms('duration'),
    ...ms('warm-up'),
    ...ms('ramp'),
    ...plain('rate'),
    ...(flags.poisson ? ['--poisson'] : []),
    ...ms('skip-after'),
    ...ms('think'),
    ...plain('driver'),
    ...(flags.tcp ? ['--tcp'] : []),
    ...plain('errors-max'),
    ...plain('seed'),
    ...(flags.set ?? []).flatMap((each) => ['--set', shellQuoted(each)]),
  ]
}

function durationWord(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

function arrivalOf({ rate, poisson, think }: LoadFlagValues): RunWishes['arrival'] {
  if (rate === undefined) return { loop: 'closed', thinkMs: think ?? 0 }
  return { loop: 'open', schedule: poisson ? 'poisson' : 'fixed', ratePerSecond: rate }
}

function optionsOf(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name, value] = /^([a-z0-9-]+)=(.+)$/.exec(word) ?? []
      if (name !== undefined && value !== undefined) return [name, value]
      throw corelabError('USAGE', {
        message: `"${word}" does not set an option`,
        detail: 'The form is --set name=value',
      })
    }),
  )
}
