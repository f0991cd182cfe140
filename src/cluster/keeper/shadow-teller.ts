import type { NodeAddress, QlinkStatus } from '../../model/qlink.js'
import type { Topology } from '../../model/topology.js'
import { nodeWithRole } from '../../model/topology.js'
import type { StepTools } from './step-tools.js'

/** qlink slows down for the shadow that serves. Whenever it does not know of that one, it is told. */
export class ShadowTeller {
  #telling = false

  constructor(
    private readonly tools: Pick<StepTools, 'qlink' | 'term' | 'addressOf'>,
    private readonly complain: (error: unknown) => void,
  ) {}

  look(status: QlinkStatus, topology: Topology): void {
    const { tools } = this
    const shadow = nodeWithRole(topology, 'shadow')
    const wanted = shadow?.serving ? tools.addressOf('qlink', shadow.name) : null
    const isKnown = isSameAddress(wanted, status.shadow?.address ?? null)
    // It could not listen while it cannot use its log.
    if (status.phase !== 'open' || status.diskError !== null || this.#telling || isKnown) return
    this.#telling = true
    tools.qlink
      .shadow({ term: tools.term(), shadow: wanted })
      .catch(this.complain)
      .finally(() => {
        this.#telling = false
      })
  }
}

function isSameAddress(left: NodeAddress | null, right: NodeAddress | null): boolean {
  return left?.node === right?.node && left?.host === right?.host && left?.port === right?.port
}
