import type { Outcomes } from '../../model/bench-result.js'
import type { LatencySummary, LoadPoint } from '../../model/demo-result.js'

/** What a live load measured from its start to the last answer. A cancelled run has what it did until then. */
export interface LiveResult extends Outcomes {
  readonly connections: number
  /** Start of the load, on the caller's clock. */
  readonly fromMs: number
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
  /** Operations that had not ended when the run gave up waiting for them; in no other number. */
  readonly abandoned: number
  /** True when the user cancelled. */
  readonly aborted: boolean
}
