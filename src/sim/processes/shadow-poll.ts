import type { QlinkEvent, QlinkState } from '../../protocol/qlink/state.js'
import type { Facts } from '../checks/facts.js'
import type { Answer } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Exchange, Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { nodeIndexOf } from './addresses.js'

export interface ShadowPollPorts {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly process: () => Process
  readonly state: () => QlinkState
  readonly feed: (event: QlinkEvent) => void
}

/** Of the questions of a poll: no other exchange of qlink has it. */
export const pollToken = 0
/** A shadow that has not answered for so many polls does not answer. */
const patience = 3

/** Asks the shadow how far it has applied, again and again. */
export class ShadowPoll {
  readonly #ports: ShadowPollPorts
  #asked: { readonly exchange: Exchange; polls: number } | null = null

  constructor(ports: ShadowPollPorts) {
    this.#ports = ports
  }

  poll(): void {
    const { network, world, process, state } = this.#ports
    if (this.#asked !== null) {
      if (++this.#asked.polls < patience) return
      this.#asked.exchange.abandoned = true
      this.#asked = null
      this.#applied(null)
    }
    const { shadow } = state()
    if (shadow === null) return
    const node = world.process(nodeIndexOf(shadow.address.node))
    const exchange = network.ask(process(), node, { kind: 'status' }, { token: pollToken })
    this.#asked = { exchange, polls: 0 }
  }

  answered(exchange: Exchange, answer: Answer): void {
    if (exchange !== this.#asked?.exchange) return
    this.#asked = null
    this.#applied(answer.kind === 'node-status' ? answer.committed : null)
  }

  reset(): void {
    this.#asked = null
  }

  #applied(position: number | null): void {
    const { world, facts, feed, process, state } = this.#ports
    const { durable, shadow } = state()
    const { transactions } = durable
    const backlogTransactions = position === null ? null : Math.max(0, transactions - position)
    if (shadow !== null) {
      const seen = { backlog: backlogTransactions, durable: transactions }
      facts.shadowPolled(nodeIndexOf(shadow.address.node), seen)
    }
    feed({ kind: 'applied', backlogTransactions, nowMs: world.clockMs(process()) })
  }
}
