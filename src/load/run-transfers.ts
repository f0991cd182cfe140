import type { HistoryRecorder } from '../history/recorder.js'
import { BugError } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import type { LoadPoint } from '../model/demo-result.js'
import type { DataSource } from '../platform/data-source.js'
import type { PopulationSpec } from '../population/population.js'
import type { LoadCounters, LoadRunResult } from './load-run.js'

export interface TransferRunOptions {
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

export interface TransferRunResult extends LoadRunResult {
  readonly keyPrefix: string
}

/** A time in which no client saw an OK. */
export interface OkGap {
  readonly lastOkAtMs: number
  readonly firstOkAtMs: number
}

export interface TransferRun {
  readonly keyPrefix: string
  counters(): LoadCounters
  points(): readonly LoadPoint[]
  /** The longest gap between two OKs that ended after `atMs`; null when no OK came after it. */
  longestGapAfter(atMs: number): OkGap | null
  /** Settles when the run has ended; rejects only when it could not start. */
  readonly finished: Promise<TransferRunResult>
}

/** Starts concurrent transfers between random accounts of one legal entity each, and returns at once. */
export function runTransfers(_options: TransferRunOptions, _context: Context): TransferRun {
  throw new BugError('not built yet')
}
