import type { Context } from '../kit/context.js'
import { CorelabError, cancelled, corelabError } from '../kit/errors.js'
import type { CorelabEvent, EventBody } from '../kit/events.js'
import type { ProcessRecord } from '../model/process-record.js'
import { followLines, lastLines } from '../sys/log-tail.js'
import { isAlive, sendSignal } from '../sys/processes.js'
import type { StatePaths } from '../sys/state-dir.js'

const pollMs = 100
/** Orderly stopping is bounded: a server that does not go is killed after its grace. */
const rollbackLimitMs = 60_000

/**
 * Shows a keeper's events as ours until its step `up` is over. `begin` starts or pokes the keeper once the log is
 * being followed, and returns its process. When the caller gives up (Ctrl+C) the keeper is told to stop and its
 * rollback is waited for. Throws what the keeper reports, CANCELLED, or KEEPER_UNREACHABLE with its last lines.
 */
export async function followUp(
  paths: StatePaths,
  context: Context,
  begin: () => Promise<{ readonly keeper: ProcessRecord; readonly stopOnCancel: boolean }>,
): Promise<void> {
  const ended: { event: EventBody | null } = { event: null }
  const following = new AbortController()
  const lines = followLines(paths.eventsFile, {
    fromStart: false,
    signal: following.signal,
    onLine: (line) => {
      const event = parseEvent(line)
      if (event === null || ended.event) return
      if (isEndOfUp(event)) ended.event = event
      else context.emit(event)
    },
  })
  try {
    const { keeper, stopOnCancel } = await begin()
    await awaitEnd({ paths, context, keeper, stopOnCancel, ended: () => ended.event })
    // After its bad news a starting keeper only has to end; the next command must not meet it.
    if (stopOnCancel && ended.event?.kind === 'step.failed') await awaitGone(keeper, context)
  } finally {
    following.abort()
    await lines
  }
  if (ended.event) context.emit(ended.event)
  if (ended.event?.kind === 'step.failed') throw CorelabError.fromShape(ended.event.error)
}

async function awaitEnd(wait: {
  readonly paths: StatePaths
  readonly context: Context
  readonly keeper: ProcessRecord
  readonly stopOnCancel: boolean
  readonly ended: () => EventBody | null
}): Promise<void> {
  const { clock, signal } = wait.context
  while (!wait.ended()) {
    if (signal.aborted) return giveUp(wait)
    if (!isAlive(wait.keeper)) {
      // Its last words may still be on their way to us.
      await clock.sleep(pollMs * 3)
      if (!wait.ended()) throw await keeperDied(wait.paths)
      return
    }
    await clock.sleep(pollMs, signal).catch(() => undefined)
  }
}

async function giveUp(wait: Parameters<typeof awaitEnd>[0]): Promise<never> {
  if (wait.stopOnCancel) {
    wait.context.emit({ kind: 'note', message: 'stopping what was started' })
    sendSignal(wait.keeper, 'SIGTERM')
    await awaitGone(wait.keeper, wait.context)
  }
  throw cancelled('Cancelled; everything that had been started was stopped')
}

async function awaitGone(keeper: ProcessRecord, { clock }: Context): Promise<void> {
  const deadlineMs = clock.monotonicMs() + rollbackLimitMs
  while (isAlive(keeper) && clock.monotonicMs() < deadlineMs) await clock.sleep(pollMs)
}

function isEndOfUp(event: EventBody): boolean {
  return (event.kind === 'step.done' || event.kind === 'step.failed') && event.step === 'up'
}

/** An event of the keeper's log, without its number and time; null for what is none. */
export function parseEvent(line: string): EventBody | null {
  if (!line.startsWith('{')) return null
  const { at: _at, seq: _seq, ...body } = JSON.parse(line) as CorelabEvent
  return body as EventBody
}

async function keeperDied(paths: StatePaths): Promise<CorelabError> {
  const log = await lastLines(paths.keeperLog, 20)
  return corelabError('KEEPER_UNREACHABLE', {
    message: 'The keeper ended before the core was usable',
    detail:
      log.length > 0
        ? `Last lines of ${paths.keeperLog}:\n${log.join('\n')}`
        : `${paths.keeperLog} is empty.`,
    fix: ['corelab up', 'corelab logs keeper'],
  })
}
