import type {
  ClassRecord,
  HistogramData,
  Outcomes,
  ScheduleRecord,
  SeriesPoint,
} from '../../model/bench-result.js'
import type { LoadPlan } from './load-plan.js'

/** What a load run saw. Valid whenever it ended: aborted, stopped by its error budget, or with a thread that died. */
export interface LoadRecord {
  readonly plan: LoadPlan
  /**
   * Why it ended; everything but `time` leaves a shorter window. `crashed`: its process died, and this is what had been
   * written down until then.
   */
  readonly ended: 'time' | 'stopped' | 'cancelled' | 'error-budget' | 'thread-died' | 'crashed'
  /** Wall time at which the window began (ISO), and its length. */
  readonly startedAt: string
  readonly windowMs: number
  readonly classes: readonly ClassRecord[]
  /** All classes together: latency of what ended OK. */
  readonly latency: HistogramData
  /** Open loop: from sending to answer; the difference to `latency` is what coordinated omission would hide. */
  readonly serviceTime: HistogramData | null
  readonly series: readonly SeriesPoint[]
  readonly seriesDropped: number
  /** null in a closed loop. */
  readonly schedule: ScheduleRecord | null
  /** Warm-up and drain included: what the servers must show. */
  readonly total: Outcomes
  readonly abandoned: number
  /** Sums of what the workloads counted themselves, e.g. `rowsVerified`. */
  readonly counted: Readonly<Record<string, number>>
  /** CPU time of this process within the window, user and system, all threads. */
  readonly clientCpuMs: number
}
