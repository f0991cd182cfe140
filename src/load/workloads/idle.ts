import type { WorkloadFactory } from '../engine/workload.js'
import { type OperationOutcome, okOutcome } from '../load-run.js'

/** Operations that do nothing, each a turn of the event loop long: what remains is the cost of the engine. */
export const idleWorkload: WorkloadFactory = async () => ({
  classes: ['nothing'],
  openSession: async () => ({
    run: (done: (outcome: OperationOutcome) => void) => {
      setImmediate(done, okOutcome)
    },
    close: async () => undefined,
  }),
  close: async () => ({}),
})
