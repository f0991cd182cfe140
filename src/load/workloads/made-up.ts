import { mix32, seededRandom } from '../../kit/random.js'
import type { WorkloadFactory } from '../engine/workload.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'

/** Operations without any server, for trying the engine. */
export interface MadeUpParams {
  /** How long one takes. */
  readonly serviceMs: number
  /** Shares of the operations that end otherwise than well, 0 to 1. */
  readonly failedShare: number
  readonly unknownShare: number
  /** From the beginning of the run, in which none ends; null = none. */
  readonly stall: { readonly fromMs: number; readonly toMs: number } | null
}

const failed: OperationOutcome = Object.freeze({ kind: 'failed', errorClass: 'MADE_UP_FAILED' })
const unknown: OperationOutcome = Object.freeze({ kind: 'unknown', errorClass: 'MADE_UP_UNKNOWN' })

/** Counts `ended`: what the engine must have seen. */
export const madeUpWorkload: WorkloadFactory = async ({ params }, thread) => {
  const { serviceMs, failedShare, unknownShare, stall } = params as MadeUpParams
  const random = seededRandom(mix32(thread.seed))
  let ended = 0
  let startedMs: number | null = null
  const draw = () => {
    const fraction = random.fraction()
    if (fraction < failedShare) return failed
    return fraction < failedShare + unknownShare ? unknown : okOutcome
  }
  const waitMs = () => {
    const nowMs = performance.now()
    startedMs ??= nowMs
    const atMs = nowMs - startedMs
    return stall && atMs >= stall.fromMs && atMs < stall.toMs ? stall.toMs - atMs : serviceMs
  }
  return {
    classes: ['made-up'],
    openSession: async () => ({
      run: (done: (outcome: OperationOutcome) => void) => {
        const end = () => {
          ended++
          done(draw())
        }
        const ms = waitMs()
        if (ms > 0) setTimeout(end, ms)
        else setImmediate(end)
      },
      close: async () => undefined,
    }),
    close: async () => ({ ended }),
  }
}
