import type { BenchLoad } from '../../model/bench-result.js'
import type { LoadPlan } from './load-plan.js'

/** What a load run saw, with the plan that it followed. The warm-up is the plan's. */
export interface LoadRecord extends Omit<BenchLoad, 'warmUpMs'> {
  readonly plan: LoadPlan
  /** Wall time at which the window began (ISO). */
  readonly startedAt: string
  /** CPU time of this process within the window, user and system, all threads. */
  readonly clientCpuMs: number
}
