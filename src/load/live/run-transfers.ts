import type { HistoryRecorder } from '../../history/recorder.js'
import type { Context } from '../../kit/context.js'
import type { Outcomes } from '../../model/bench-result.js'
import type { LoadPoint } from '../../model/demo-result.js'
import type { DataSource } from '../../platform/data-source.js'
import type { PopulationSpec } from '../../population/population.js'
import { startClosedLoop } from './closed-loop.js'
import type { LiveResult } from './live-result.js'
import type { OkGap } from './ok-gaps.js'
import { transferClients } from './transfer-clients.js'

export interface TransferRunOptions {
  /** With the rights of a payment subsystem: it books accounts and writes transfers. */
  readonly dataSource: DataSource
  readonly population: PopulationSpec
  /** Clients that each wait for their answer before the next transfer (closed loop). */
  readonly connections: number
  readonly recorder: HistoryRecorder
  /** Ends the run in order: transfers under way get their answer, within a limit. */
  readonly stop: AbortSignal
  /** What `atMs` counts from, on the context's monotonic clock. Default: the start of the run. */
  readonly originMs?: number
  readonly pointIntervalMs?: number
  /** Prefix of every idempotency key, unique to this run. Default: drawn from the clock. */
  readonly keyPrefix?: string
}

export interface TransferRunResult extends LiveResult {
  readonly keyPrefix: string
}

export interface TransferRun {
  readonly keyPrefix: string
  counters(): Outcomes
  points(): readonly LoadPoint[]
  /** The longest gap between two OKs that ended after `atMs`; null when no OK came after it. */
  longestGapAfter(atMs: number): OkGap | null
  /** Settles when the run has ended; rejects only when it could not start. */
  readonly finished: Promise<TransferRunResult>
}

/** Starts concurrent transfers between random accounts of one legal entity each, and returns at once. */
export function runTransfers(options: TransferRunOptions, context: Context): TransferRun {
  const { clock } = context
  const keyPrefix = options.keyPrefix ?? `t${Math.floor(clock.wallMs()).toString(36)}-`
  const { dataSource, recorder, population } = options
  const openClient = transferClients({ dataSource, recorder, population, keyPrefix, clock })
  const run = startClosedLoop(
    {
      connections: options.connections,
      openSession: async () => openClient(),
      stop: options.stop,
      originMs: options.originMs,
      pointIntervalMs: options.pointIntervalMs,
    },
    context,
  )
  return {
    keyPrefix,
    counters: run.counters,
    points: run.points,
    longestGapAfter: run.longestGapAfter,
    finished: run.finished.then((result) => ({ ...result, keyPrefix })),
  }
}
