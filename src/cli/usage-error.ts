import { stripVTControlCharacters } from 'node:util'
import { Errors } from '@oclif/core'
import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'
import { nearest } from '../kit/nearest.js'

/** What the parser knows about the command that was called. */
export interface UsageFacts {
  /** With spaces, e.g. `drills run`. */
  readonly command: string
  readonly argv: readonly string[]
  readonly flagNames: readonly string[]
}

/** Turns a complaint of the command line parser into ours, with the nearest valid spelling; null if it is none. */
export function usageErrorOf(thrown: unknown, facts: UsageFacts): CorelabError | null {
  if (!isParserError(thrown)) return null
  const unknownFlags = 'flags' in thrown && Array.isArray(thrown.flags) ? thrown.flags.map(String) : []
  if (unknownFlags.length > 0) return unknownFlagError(unknownFlags, facts)
  const wrongOption = /^Expected (?:--(\S+?)=)?(.*) to be one of: (.+)$/.exec(plainMessage(thrown))
  if (wrongOption) return wrongOptionError(wrongOption, facts)
  if ('args' in thrown && thrown.constructor.name === 'RequiredArgsError') {
    return missingArgumentError(thrown, facts)
  }
  return usageError(plainMessage(thrown), facts)
}

/** Everything that the parser throws is a CLIError or was marked by it as a failure of a flag's own parser. */
function isParserError(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false
  return thrown instanceof Errors.CLIError || thrown.message.startsWith('Parsing --')
}

function unknownFlagError(unknown: readonly string[], facts: UsageFacts): CorelabError {
  const first = unknown[0] ?? ''
  const near = nearest(flagNameOf(first), facts.flagNames)
  const corrected = facts.argv.map((word) => (word === first ? `--${near}${valuePartOf(word)}` : word))
  return corelabError('USAGE', {
    message: `corelab ${facts.command} has no flag ${unknown.map((flag) => flag.replace(/=.*$/, '')).join(', ')}`,
    detail: near === null ? undefined : `The nearest is --${near}.`,
    fix: [...(near === null ? [] : [['corelab', facts.command, ...corrected].join(' ')]), helpFor(facts)],
  })
}

function flagNameOf(word: string): string {
  return word.replace(/^--?/, '').replace(/=.*$/, '')
}

function valuePartOf(word: string): string {
  return /=.*$/.exec(word)?.[0] ?? ''
}

function wrongOptionError(match: RegExpExecArray, facts: UsageFacts): CorelabError {
  const [, flag, value = '', list = ''] = match
  const near = nearest(value, list.split(', '))
  const subject = flag === undefined ? `"${value}"` : `--${flag} "${value}"`
  return corelabError('USAGE', {
    message: `${subject} is not possible`,
    detail: `Possible: ${list}.${near === null ? '' : ` The nearest is "${near}".`}`,
    fix: [helpFor(facts)],
  })
}

function missingArgumentError(thrown: { readonly args?: unknown }, facts: UsageFacts): CorelabError {
  const names = Array.isArray(thrown.args)
    ? thrown.args.map((arg: { name?: unknown }) => String(arg.name))
    : []
  const shown = names.map((name) => name.toUpperCase()).join(' ')
  return corelabError('USAGE', {
    message: `corelab ${facts.command} needs ${shown}`,
    fix: [`corelab ${facts.command} ${shown}`, helpFor(facts)],
  })
}

function usageError(message: string, facts: UsageFacts): CorelabError {
  const [first = '', ...rest] = message.split('\n')
  return corelabError('USAGE', {
    message: first,
    detail: rest.length === 0 ? undefined : rest.join('\n'),
    fix: [helpFor(facts)],
  })
}

function helpFor(facts: UsageFacts): string {
  return `corelab ${facts.command} --help`
}

/** Without the parser's own frame around the reason. */
function plainMessage(error: Error): string {
  return stripVTControlCharacters(error.message)
    .replace(/\n?See more help with --help\s*$/, '')
    .replace(/^Parsing (--\S+)\s*\n\s*/, '$1: ')
    .replace(/^The following errors? occurred:\s*/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}
