import { stepKeeper } from '../../protocol/keeper/step.js'
import { stepQlink } from '../../protocol/qlink/step.js'
import type { NodeTraits } from '../database/node-state.js'
import { performStep } from '../processes/change-steps.js'
import type { PerformStep, StepKeeper } from '../processes/keeper-machine.js'
import { type BringBack, rejoinAsDesigned } from '../processes/keeper-returns.js'
import type { StepQlink } from '../processes/qlink-process.js'

/** Everything in which a planted bug may replace what corelab really does. */
export interface Parts {
  readonly stepQlink: StepQlink
  readonly stepKeeper: StepKeeper
  readonly performStep: PerformStep
  readonly rejoin: BringBack
  readonly traits: NodeTraits
}

export const soundParts: Parts = Object.freeze({
  stepQlink,
  stepKeeper,
  performStep,
  rejoin: rejoinAsDesigned,
  traits: Object.freeze({
    connectingAcknowledges: false,
    replicasAcknowledge: false,
    fallBackAfterUs: null,
  }),
})
