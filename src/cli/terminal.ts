import type { Paint } from '../ui/paint.js'
import { paintFor } from '../ui/paint.js'
import type { Symbols } from '../ui/symbols.js'
import { symbolsFor } from '../ui/symbols.js'
import type { Caller } from './program-name.js'

/** What text is rendered for: a width, a way to colour, a set of marks, the user's way to call us. */
export interface Screen extends Caller {
  readonly width: number
  readonly paint: Paint
  readonly symbols: Symbols
}

/** How this run talks to its user. Decided once, from the flags, the streams and the environment. */
export interface Terminal {
  readonly renderer: 'tty' | 'plain' | 'json' | 'quiet'
  readonly stdout: Screen
  readonly stderr: Screen
  readonly color: boolean
  /** Whether questions may be asked. */
  readonly interactive: boolean
}

export interface TerminalFlags {
  readonly json: boolean
  readonly stream: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly plain: boolean
  readonly 'no-color': boolean
  readonly 'no-input': boolean
}

interface Stream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

const widthMin = 40
const widthMax = 100
const widthDefault = 80

export function readTerminal(input: {
  readonly flags: TerminalFlags
  readonly stdin: Stream
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly caller: Caller
}): Terminal {
  const { flags, stdin, stdout, stderr, env, caller } = input
  const symbols = symbolsFor({ unicode: speaksUnicode(env) })
  const screenOf = (stream: Stream): Screen => ({
    width: widthOf(stream),
    ...caller,
    paint: paintFor({ color: wantsColor(stream, flags, env) }),
    symbols,
  })
  return {
    renderer: rendererFor(input),
    stdout: screenOf(stdout),
    stderr: screenOf(stderr),
    color: wantsColor(stderr, flags, env),
    interactive: stdin.isTTY === true && stderr.isTTY === true && !flags['no-input'] && !isSet(env.CI),
  }
}

/**
 * Drawing needs a real terminal with a size. A machine that reads JSON wants no progress unless it asks for it:
 * `--stream` as events, `--verbose` as lines on stderr.
 */
function rendererFor(input: Parameters<typeof readTerminal>[0]): Terminal['renderer'] {
  const { flags, stderr, env } = input
  if (flags.json && flags.stream) return 'json'
  if (flags.quiet || (flags.json && !flags.verbose)) return 'quiet'
  const canDraw = stderr.isTTY === true && (stderr.columns ?? 0) > 0 && env.TERM !== 'dumb'
  return canDraw && !flags.plain && !flags.json && !isSet(env.CI) ? 'tty' : 'plain'
}

function wantsColor(
  stream: Stream,
  flags: TerminalFlags,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (flags['no-color'] || isSet(env.NO_COLOR) || env.TERM === 'dumb') return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return stream.isTTY === true
}

/** https://no-color.org: present and not an empty string. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

function widthOf(stream: Stream): number {
  if (stream.isTTY !== true || stream.columns === undefined || stream.columns === 0) return widthDefault
  return Math.min(widthMax, Math.max(widthMin, stream.columns))
}

function speaksUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  // The Linux console has neither mark in its font.
  return /utf-?8/i.test(locale) && env.TERM !== 'linux'
}
