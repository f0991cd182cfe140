import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'
import { formatDuration } from '../kit/units.js'
import type { ComponentSpec } from '../model/component-spec.js'
import type { ExitFact } from '../model/process-record.js'
import { lastLines } from './log-tail.js'
import type { AwaitReadyOptions } from './probes.js'
import { awaitAnswer, describeProbe } from './probes.js'

/** As many log lines as the contract with the user promises. */
const logLinesShown = 20

/**
 * Waits until a started component answers. Raises COMPONENT_START_FAILED or COMPONENT_NOT_READY with the last
 * lines of its log, CANCELLED.
 */
export async function awaitComponent(
  spec: ComponentSpec,
  options: Omit<AwaitReadyOptions, 'limitMs'> & { readonly limitMs?: number | undefined },
): Promise<{ readonly waitedMs: number }> {
  const limitMs = options.limitMs ?? spec.readyLimitMs
  const outcome = await awaitAnswer(spec.readiness, { ...options, limitMs })
  switch (outcome.kind) {
    case 'ready':
      return { waitedMs: outcome.waitedMs }
    case 'exited':
      throw await componentFailed({ spec, exit: outcome.exit })
    case 'late':
      throw await componentFailed({ spec, waitedMs: outcome.waitedMs, lastSeen: outcome.lastSeen })
  }
}

/**
 * The error of a component that ended while starting (`exit`), or did not answer in time (`waitedMs`), with the
 * last lines of its own log, or of its output when it did not get as far as a log.
 */
export async function componentFailed(facts: {
  readonly spec: ComponentSpec
  readonly exit?: ExitFact
  readonly waitedMs?: number
  /** What the last attempt to reach it met. */
  readonly lastSeen?: string
}): Promise<CorelabError> {
  const { spec, exit, waitedMs } = facts
  const log = await logLinesOf(spec)
  const fix = [`corelab logs ${spec.name}`]
  if (exit !== undefined || waitedMs === undefined) {
    return corelabError('COMPONENT_START_FAILED', {
      message: `${spec.name} stopped while it was starting (${describeExit(exit)})`,
      detail: log,
      fix,
    })
  }
  const lastSeen = facts.lastSeen === undefined ? '' : ` (${facts.lastSeen})`
  return corelabError('COMPONENT_NOT_READY', {
    message: `${spec.name} did not answer within ${formatDuration(waitedMs)}`,
    detail: `Waited for ${describeProbe(spec.readiness)}${lastSeen}\n${log}`,
    fix: [...fix, 'corelab up --timeout 5m'],
  })
}

/** `exit code 1`, `signal SIGKILL`, or that it is not known. */
export function describeExit(exit: ExitFact | undefined): string {
  if (exit?.signal) return `signal ${exit.signal}`
  if (typeof exit?.code === 'number') return `exit code ${exit.code}`
  return 'exit code unknown'
}

async function logLinesOf(spec: ComponentSpec): Promise<string> {
  for (const path of [spec.serverLog, spec.outputLog]) {
    const lines = await lastLines(path, logLinesShown)
    if (lines.length > 0) return `Last lines of ${path}:\n${lines.join('\n')}`
  }
  return `Its log ${spec.serverLog} is empty.`
}
