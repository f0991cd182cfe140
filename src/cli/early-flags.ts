import { isatty } from 'node:tty'
import { flagVariable } from './flags.js'
import { programName } from './program-name.js'
import type { Terminal, TerminalFlags } from './terminal.js'
import { readTerminal } from './terminal.js'

/** The terminal of this process, for the given flags. */
export function terminalOfProcess(
  flags: TerminalFlags & { readonly project?: string | undefined },
): Terminal {
  const { stdout, stderr, env } = process
  const program = programName({ script: process.argv[1] ?? '', cwd: process.cwd() })
  const project = flags.project !== env[flagVariable('project')] ? (flags.project ?? null) : null
  // Touching process.stdin would open it.
  const stdin = { isTTY: isatty(0) }
  return readTerminal({ flags, stdin, stdout, stderr, env, caller: { program, project } })
}

/** A wrong command line must be answered in the form that was asked for, although it could not be parsed. */
export function earlyFlags(argv: readonly string[]): TerminalFlags {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  const has = (flag: string) => words.includes(`--${flag}`) || isTrue(process.env[flagVariable(flag)])
  return {
    json: has('json'),
    stream: has('stream'),
    quiet: has('quiet'),
    verbose: has('verbose'),
    plain: has('plain'),
    'no-color': has('no-color'),
    'no-input': has('no-input'),
  }
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true', 'yes', 'y'].includes(value.toLowerCase())
}
