import type { Outcomes } from '../model/bench-result.js'
import type { LatencySummary, LoadPoint } from '../model/demo-result.js'

/** How one operation ended, for the client that waited for it. */
export type OperationOutcome =
  | { readonly kind: 'ok' }
  /** Certainly not applied. */
  | { readonly kind: 'failed'; readonly errorClass: string }
  /** It may have been applied, now or later. */
  | { readonly kind: 'unknown'; readonly errorClass: string }

/** One object for all: an operation that went well allocates nothing for its outcome. */
export const okOutcome: OperationOutcome = Object.freeze({ kind: 'ok' })

/** What a load run measured. Valid at any moment: an aborted run returns what it has. */
export interface LoadRunResult extends Outcomes {
  readonly connections: number
  /** Start of the measured window (after the warm-up), on the caller's clock. */
  readonly fromMs: number
  /** Length of the measured window, warm-up excluded. */
  readonly durationMs: number
  readonly okPerSecond: number
  /** Failed and unknown operations by class, e.g. `DATABASE_REFUSED 1213`. */
  readonly errors: Readonly<Record<string, number>>
  /** Of the operations that ended OK; null when there was none. */
  readonly latency: LatencySummary | null
  readonly pointIntervalMs: number
  /** The newest points; older ones beyond a limit are dropped and counted. */
  readonly points: readonly LoadPoint[]
  readonly pointsDropped: number
  /** Everything that was done, warm-up and drain included: what the database must show. */
  readonly total: Outcomes
  /** Operations that had not ended when the run gave up waiting for them; in no other number. */
  readonly abandoned: number
  /** True when the run ended before its time because the user cancelled. */
  readonly aborted: boolean
}
