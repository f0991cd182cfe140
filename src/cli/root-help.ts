import { exitCodes } from '../kit/exit-codes.js'
import { indented, labelled } from './render/layout.js'

export interface CommandSummary {
  /** With spaces, e.g. `drills run`. */
  readonly name: string
  readonly summary: string
}

/** The daily loop first; whatever is not named here follows in the order of the alphabet. */
const order = [
  'demo',
  'init',
  'up',
  'status',
  'connect',
  'env',
  'logs',
  'down',
  'doctor',
  'explain',
  'autocomplete',
]

/** What a bare `corelab` prints: how to start, and what there is. 80 columns. */
export function conciseHelp(version: string, commands: readonly CommandSummary[]): string {
  return asText([...head(version), '', ...commandList(commands), '', 'corelab --help shows more.'])
}

/** What `corelab --help` prints. Made at build time, so that it costs no more than reading a file. */
export function rootHelp(version: string, commands: readonly CommandSummary[]): string {
  return asText([
    ...head(version),
    '',
    ...commandList(commands),
    '',
    'Flags of every command',
    ...indented(labelled(globalFlagSummaries), 2),
    '',
    '  Each flag is also a variable: --port-base 4000 is CORELAB_FLAG_PORT_BASE=4000.',
    '  The answer goes to stdout, progress to stderr. NO_COLOR is respected.',
    '',
    'Exit status',
    ...indented(labelled(exitStatuses), 2),
  ])
}

function head(version: string): string[] {
  return [
    `corelab ${version}: the distributed core of an internet bank on this machine`,
    '',
    'Start here',
    ...indented(
      labelled([
        ['corelab demo', 'the tour: start, load, kill the master, prove, measure'],
        ['corelab init bank', 'make a project in the folder "bank"'],
        ['corelab up', 'in a project: start the core, wait until it is usable'],
        ['corelab doctor', 'see whether this host is ready, and what to mend'],
      ]),
      2,
    ),
  ]
}

function commandList(commands: readonly CommandSummary[]): string[] {
  const rank = ({ name }: CommandSummary) => (order.indexOf(name) + order.length + 1) % (order.length + 1)
  const sorted = [...commands].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
  return [
    'Commands',
    ...indented(labelled(sorted.map(({ name, summary }) => [name, summary] as const)), 2),
    '',
    '  corelab COMMAND --help tells all about one of them, examples first.',
  ]
}

const globalFlagSummaries = [
  ['-e, --env NAME', 'environment to work on (the only one, or "default")'],
  ['-C, --project DIR', 'folder of the project (found from here upwards)'],
  ['    --json', 'answer as one JSON object; --stream: events first'],
  ['-y, --yes', 'confirm everything; --no-input: never ask, fail'],
  ['-q, --quiet', 'no progress; -v, --verbose: more; --plain: lines'],
  ['    --timeout DURATION', 'give up after this long, e.g. 90s or 5m'],
  ['    --no-color, --debug', 'no colours; stack traces of errors'],
] as const

const exitStatuses = [
  [String(exitCodes.ok), 'done, or nothing to do'],
  [String(exitCodes.negative), 'the tool worked, the verdict is negative (degraded, not running)'],
  [String(exitCodes.usage), 'wrong usage or configuration'],
  [String(exitCodes.environment), 'this host is not fit: port, program, disk (see corelab doctor)'],
  [String(exitCodes.failed), 'an operation failed or timed out'],
  [String(exitCodes.inconclusive), 'inconclusive: a drill could not judge'],
  [String(exitCodes.bug), 'a bug in corelab'],
  [`${exitCodes.interrupted}, ${exitCodes.terminated}`, 'stopped by Ctrl+C, by SIGTERM'],
] as const

function asText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
