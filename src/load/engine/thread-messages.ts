import type { ErrorShape } from '../../kit/errors.js'
import type { HistogramData, Outcomes } from '../../model/bench-result.js'
import type { LoadPlan } from './load-plan.js'

/** What a thread of a load run is to do. */
export interface ThreadJob {
  readonly plan: LoadPlan
  readonly index: number
  readonly of: number
}

/** Times are on a clock that all threads of a process share (`process.hrtime`), in milliseconds. */
export type ToThread =
  | { readonly kind: 'begin'; readonly atMs: number }
  | { readonly kind: 'stop'; readonly drainLimitMs: number }

export type FromThread =
  /** All its sessions are open. */
  | { readonly kind: 'ready'; readonly classes: readonly string[]; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'refused'; readonly error: ErrorShape }
  | ({ readonly kind: 'interval' } & IntervalCounts)
  /** All of the window until now, by class; when there were new ones in a second. */
  | { readonly kind: 'errors'; readonly errors: readonly Readonly<Record<string, number>>[] }
  | {
      readonly kind: 'ended'
      readonly counted: Readonly<Record<string, number>>
      readonly errors: readonly Readonly<Record<string, number>>[]
    }

/** One second of the window, or the rest of it, in one thread. */
export interface IntervalCounts extends Outcomes {
  /** Of the interval, from the start of the window. */
  readonly index: number
  readonly latency: HistogramData
}

export const intervalMs = 1000
