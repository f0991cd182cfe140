import type { Interfaces } from '@oclif/core'
import { Config, run } from '@oclif/core'
import { systemClock } from '../kit/clock.js'
import type { CorelabError } from '../kit/errors.js'
import { corelabError, toCorelabError } from '../kit/errors.js'
import { nearest } from '../kit/nearest.js'
import { withBugReport } from './bug-report.js'
import { earlyFlags, terminalOfProcess } from './early-flags.js'
import { reportError } from './report-error.js'
import { usageErrorOf } from './usage-error.js'

/** Runs one command line: answers on stdout and stderr, sets `process.exitCode`, never rejects. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]
  try {
    const config = await Config.load(root)
    const call = findCall(words, config)
    // oclif would take "up now" for a command "up:now"; so what is clear already is not left to it.
    if (call === null || asksForHelp(call.rest)) await run(words, config)
    else await config.runCommand(call.id, call.rest)
  } catch (thrown) {
    await reportOutsideCommand(thrown, words)
  }
}

/**
 * The command with the longest name that the line begins with, and the rest of the line; null for a topic alone,
 * which has help. Throws USAGE, with the nearest command, for everything else.
 */
function findCall(
  argv: readonly string[],
  config: Interfaces.Config,
): { readonly id: string; readonly rest: string[] } | null {
  const first = argv[0] ?? ''
  if (first.startsWith('-')) throw flagBeforeCommand(argv, config)
  const words = argv.slice(0, firstFlag(argv))
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(':')
    if (config.findCommand(id) !== undefined) return { id, rest: argv.slice(length) }
  }
  const isTopic = config.findTopic(first) !== undefined
  if (isTopic && words.length === 1) return null
  throw unknownCommand(isTopic ? words.slice(0, 2).join(' ') : first, config)
}

function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf('--')
  return rest.slice(0, end === -1 ? rest.length : end).some((word) => word === '--help' || word === '-h')
}

function firstFlag(argv: readonly string[]): number {
  const index = argv.findIndex((word) => word.startsWith('-'))
  return index === -1 ? argv.length : index
}

function flagBeforeCommand(argv: readonly string[], config: Interfaces.Config): CorelabError {
  const command = argv.find((word) => config.findCommand(word) !== undefined)
  const flags = argv.filter((word) => word !== command)
  return corelabError('USAGE', {
    message: `${argv[0]} stands where a command is expected`,
    detail: 'Flags come after the command.',
    fix: [['corelab', command ?? 'COMMAND', ...flags].join(' '), 'corelab --help'],
  })
}

function unknownCommand(word: string, config: Interfaces.Config): CorelabError {
  const known = config.commands
    .filter((command) => !command.hidden)
    .flatMap((command) => [command.id, ...command.aliases])
    .map((id) => id.replaceAll(':', ' '))
  const near = nearest(word, known)
  return corelabError('USAGE', {
    message: `There is no command "${word}"`,
    detail: near === null ? undefined : `The nearest is "${near}".`,
    fix: [...(near === null ? [] : [`corelab ${near}`]), 'corelab --help'],
  })
}

async function reportOutsideCommand(thrown: unknown, argv: readonly string[]): Promise<void> {
  const flags = earlyFlags(argv)
  const facts = { command: argv[0] ?? '', argv: argv.slice(1), flagNames: [] }
  const error = usageErrorOf(thrown, facts) ?? toCorelabError(thrown)
  const shown =
    error.code === 'BUG'
      ? await withBugReport(error, { command: argv.join(' '), clock: systemClock, env: process.env })
      : error
  process.exitCode = shown.entry.exit
  reportError(shown.shape, {
    json: flags.json,
    terminal: terminalOfProcess(flags),
    warnings: [],
    meta: { command: facts.command, env: null, durationMs: 0, exit: shown.entry.exit },
  })
}
