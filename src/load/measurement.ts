import { corelabError } from '../kit/errors.js'
import { formatCount } from '../kit/units.js'
import type { ThroughputFigure } from '../model/demo-result.js'
import type { LoadRunResult } from './load-run.js'
import type { ServerConditions } from './server-conditions.js'

/** A figure for people, and the run behind it for plots. */
export interface Measurement {
  readonly figure: ThroughputFigure
  readonly run: LoadRunResult
}

export const defaultWarmUpMs = 2000

/** Puts a run and its conditions into a figure. Throws VERIFY_FAILED for a run without a single OK: that is no figure. */
export function measurementOf(
  run: LoadRunResult,
  what: Pick<ThroughputFigure, 'name' | 'statement' | 'driver'>,
  conditions: ServerConditions,
): Measurement {
  if (run.latency === null) {
    const [worst] = Object.entries(run.errors).sort(([, a], [, b]) => b - a)
    throw corelabError('VERIFY_FAILED', {
      message: `No ${what.name} ended well, so there is no figure`,
      detail: worst ? `${worst[0]}: ${worst[1]} times` : undefined,
    })
  }
  return {
    run,
    figure: {
      ...what,
      operationsPerSecond: run.okPerSecond,
      errors: run.failed + run.unknown,
      connections: run.connections,
      durationMs: run.durationMs,
      latency: run.latency,
      loop: 'closed',
      durability: conditions.durability,
      dataBytes: conditions.dataBytes,
      bufferPoolBytes: conditions.bufferPoolBytes,
    },
  }
}

/** `12,345/s, p95 4.2 ms, 0 errors` */
export function figureSentence({ figure }: Measurement): string {
  const { operationsPerSecond, latency, errors } = figure
  return `${formatCount(operationsPerSecond)}/s, p95 ${latency.p95Ms.toFixed(1)} ms, ${formatCount(errors)} errors`
}
