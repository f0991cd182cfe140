import type { Random } from '../../kit/random.js'
import type { Facts } from '../checks/facts.js'
import type { Network } from '../world/network.js'
import type { Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { History } from './history.js'
import type { Transactions } from './transactions.js'

/** How a node deviates from what corelab sets: off, unless a bug is planted. */
export interface NodeTraits {
  /** File and position mode: whoever connects counts as having everything before (hole H9). */
  readonly connectingAcknowledges: boolean
  /** Replicas are semi-synchronous, too (hole H10). */
  readonly replicasAcknowledge: boolean
  /** Semi-synchronous replication gives up after this long (hole H1). */
  readonly fallBackAfterUs: number | null
}

/** Speeds of one run; drawn once per seed. */
export interface NodeSpeeds {
  readonly flushUs: number
  readonly applyUs: number
  readonly recoveryUs: number
}

export interface NodeContext {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly transactions: Transactions
  readonly traits: NodeTraits
  readonly speeds: NodeSpeeds
  /** For what disks and recoveries do. */
  readonly random: Random
}

/** What a database node is. The parts of its actor share it. */
export class NodeState {
  /** server_id: that of its configuration after a start, another one for each time it is wired. */
  id: number
  readonly log: History
  /** Engine-committed: what readers see. On a replica always all of the log. */
  committed = 0
  /** Where each client's key stands in the visible history. */
  readonly keys = new Map<number, number>()
  isReady = false
  readOnly = true
  /** Demands acknowledgements before it commits (rpl_semi_sync_master_enabled, AFTER_SYNC). */
  semiSync = false
  /** Set by whoever starts it next: recovery cuts the tail that the engine never committed (--init-rpl-role=SLAVE). */
  startTruncating = false
  /** Lets in nobody but the keeper, qlink and replicas, until it is opened. */
  isClosed = false
  /** Faults. */
  diskStalled = false
  diskSlowness = 1
  applierStalled = false
  applierSlowness = 1

  constructor(
    readonly index: number,
    readonly process: () => Process,
    readonly context: NodeContext,
  ) {
    this.id = serverIdOf(index)
    this.log = new History(context.transactions)
  }

  /** Makes everything up to `position` visible. */
  commitTo(position: number): void {
    const { transactions, facts } = this.context
    if (position <= this.committed) return
    while (this.committed < position) {
      this.committed++
      const { key } = transactions.of(this.log.at(this.committed))
      if (key !== 0) this.keys.set(key, this.committed)
    }
    facts.committed(this.index)
  }

  tell(what: string): void {
    const { world } = this.context
    world.story?.tell(world.nowUs, this.process().name, what)
  }
}

/** As configured. */
export function serverIdOf(index: number): number {
  return index + 1
}
