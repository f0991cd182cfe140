import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import type { Answer, NodeAsk, NodeStatus } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Exchange, Process } from '../world/process.js'
import type { World } from '../world/world.js'

const readEveryUs = 200_000
const writeEveryUs = 500_000
/** How long a silence counts is decided elsewhere, by when the last answer came. */
const patienceUs = 2_000_000
/** Marks that are no token of a task. */
const readToken = -1
const writeToken = -2

interface Probe {
  exchange: Exchange | null
  nextUs: number
}

export interface KeeperEyesPorts {
  readonly world: World
  readonly network: Network
  readonly process: () => Process
  readonly nodeOf: (name: NodeName) => Process
  readonly onAnswered: (name: NodeName, status: NodeStatus) => void
  readonly onAcknowledged: (name: NodeName) => void
}

/** Asks every node again and again, each by itself, and writes on the master. Driven by the keeper's tick. */
export class KeeperEyes {
  readonly #ports: KeeperEyesPorts
  readonly #reads = new Map<NodeName, Probe>()
  readonly #write: Probe = { exchange: null, nextUs: 0 }

  constructor(ports: KeeperEyesPorts) {
    this.#ports = ports
  }

  look(topology: Topology): void {
    // Who is out of service is asked only when it may be needed.
    for (const node of topology.nodes)
      if (node.role !== 'quarantined' || topology.master === null) this.#read(node.name)
    if (topology.master !== null) this.#probe(this.#write, topology.master, { kind: 'probe-write' })
  }

  /** False when it was not asked by these eyes. */
  answered(exchange: Exchange, answer: Answer, topology: Topology): boolean {
    if (exchange.token !== readToken && exchange.token !== writeToken) return false
    const name = exchange.callee.name as NodeName
    const probe = exchange.token === writeToken ? this.#write : this.#reads.get(name)
    if (probe?.exchange !== exchange) return true
    probe.exchange = null
    const { world } = this.#ports
    probe.nextUs = world.nowUs + (exchange.token === writeToken ? writeEveryUs : readEveryUs)
    if (answer.kind === 'node-status') this.#ports.onAnswered(name, answer)
    if (answer.kind === 'written' && topology.master === name) this.#ports.onAcknowledged(name)
    return true
  }

  reset(): void {
    this.#reads.clear()
    this.#write.exchange = null
    this.#write.nextUs = 0
  }

  #read(name: NodeName): void {
    let probe = this.#reads.get(name)
    if (!probe) {
      probe = { exchange: null, nextUs: 0 }
      this.#reads.set(name, probe)
    }
    this.#probe(probe, name, { kind: 'status' })
  }

  #probe(probe: Probe, name: NodeName, ask: NodeAsk): void {
    const { world, network, process, nodeOf } = this.#ports
    const { nowUs } = world
    if (probe.exchange !== null) {
      if (nowUs < probe.nextUs) return
      probe.exchange.abandoned = true
    } else if (nowUs < probe.nextUs) return
    const token = ask.kind === 'probe-write' ? writeToken : readToken
    probe.exchange = network.ask(process(), nodeOf(name), ask, { token })
    probe.nextUs = nowUs + patienceUs
  }
}
