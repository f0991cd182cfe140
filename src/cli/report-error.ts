import type { ErrorShape } from '../kit/errors.js'
import type { EnvelopeMeta, WarningShape } from './envelope.js'
import { errorEnvelope } from './envelope.js'
import { errorLines } from './render/error.js'
import type { Terminal } from './terminal.js'

/** Tells an error in the form that was asked for: an envelope on stdout, or the what-why-fix block on stderr. */
export function reportError(
  error: ErrorShape,
  facts: {
    readonly json: boolean
    readonly terminal: Terminal
    readonly warnings: readonly WarningShape[]
    readonly meta: EnvelopeMeta
  },
): void {
  const { terminal } = facts
  if (facts.json) {
    const envelope = errorEnvelope(error, facts.warnings, facts.meta)
    process.stdout.write(`${jsonText(envelope, terminal)}\n`)
  } else {
    process.stderr.write(`${errorLines(error, terminal.stderr).join('\n')}\n`)
  }
}

/** One line when it ends a stream of lines, readable otherwise. */
export function jsonText(json: unknown, terminal: Terminal): string {
  return terminal.renderer === 'json' ? JSON.stringify(json) : JSON.stringify(json, null, 2)
}
