import { createInterface } from 'node:readline/promises'
import { cancelled, corelabError } from '../kit/errors.js'
import type { Terminal } from './terminal.js'

/**
 * Asks before something is lost. `--yes` answers for the user; where nobody can be asked, that is required.
 * Throws CANCELLED when the answer is no, USAGE when nobody can be asked.
 */
export async function confirm(
  question: string,
  options: {
    readonly yes: boolean
    readonly terminal: Terminal
    readonly signal: AbortSignal
    /** The command with `--yes`, to be shown where nobody can be asked. */
    readonly command: string
  },
): Promise<void> {
  if (options.yes) return
  if (!options.terminal.interactive) {
    throw corelabError('USAGE', {
      message: `${question} This needs a confirmation, and nobody can be asked here`,
      fix: [options.command],
    })
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  // In raw mode Ctrl+C reaches the reader and not the process.
  reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal: options.signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw cancelled('Nothing was changed')
  } finally {
    reader.close()
  }
}
