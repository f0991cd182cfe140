import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs'
import type { CorelabEvent } from '../kit/events.js'

/**
 * Opens `epochs.jsonl` for appending: of all events the few that tell how roles have changed, kept for as long as the
 * environment lives. Changes of the topology are on disk before anybody acts on them; the others follow with the next one.
 */
export function openHistoryJournal(path: string): (event: CorelabEvent) => void {
  endLine(path)
  return (event) => {
    if (!belongsToHistory(event)) return
    const file = openSync(path, 'a', 0o600)
    try {
      appendFileSync(file, `${JSON.stringify(event)}\n`)
      if (event.kind === 'topology') fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}

/** A machine that lost its power may have left half a line; what comes next must not be glued to it. */
function endLine(path: string): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n')
}

/** Whether an event is part of the history of epochs. */
function belongsToHistory(event: CorelabEvent): boolean {
  switch (event.kind) {
    case 'topology':
      return true
    case 'step.started':
    case 'step.done':
    case 'step.failed':
      return changeStep.test(event.step) || returnStep.test(event.step)
    case 'warning':
      return refusalCodes.has(event.code)
    default:
      return false
  }
}

/** A step of a change of roles, e.g. `failover.seal`. */
export const changeStep = /^(?:failover|switchover|reshape)\.(\w+)$/
/** The return of a node, e.g. `rejoin.db-1`; not its parts. */
export const returnStep = /^rejoin\.(db-\d+)$/

export const refusalCodes: ReadonlySet<string> = new Set([
  'FAILOVER_REFUSED',
  'SWITCHOVER_REFUSED',
  // Somebody gave up what qlink knew: not a refusal, but the way out of one.
  'LOSS_ACCEPTED',
])
