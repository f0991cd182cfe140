import type { NodeName } from '../../model/node.js'
import type { QlinkClient } from '../qlink-client.js'
import type { WiringTools } from './replication-wiring.js'

/** What the steps of a change of master work with. */
export interface StepTools extends WiringTools {
  readonly qlink: QlinkClient
  /** The claim on qlink: an older keeper's orders are refused there. */
  readonly term: () => number
  /** Ends the old master's process if it is ours: best effort, off the critical path. */
  readonly endProcess: (node: NodeName) => Promise<void>
}
