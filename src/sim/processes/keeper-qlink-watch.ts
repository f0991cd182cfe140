import type { QlinkLine, StreamMessage } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Connection, Process } from '../world/process.js'
import type { World } from '../world/world.js'

export interface QlinkWatchPorts {
  readonly world: World
  readonly network: Network
  readonly process: () => Process
  readonly qlink: () => Process
  /** Calls `connect` a moment later. */
  readonly connectSoon: () => void
  readonly onLine: (line: QlinkLine) => void
  readonly onLost: () => void
}

/** qlink says something every 50 ms: a connection that is silent for this long is dead. */
const lineLimitUs = 1_000_000

/** The keeper's connection over which qlink tells of itself; made anew whenever it ends. */
export class KeeperQlinkWatch {
  readonly #ports: QlinkWatchPorts
  #connection: Connection | null = null
  #heardAtUs = 0

  constructor(ports: QlinkWatchPorts) {
    this.#ports = ports
  }

  connect(): void {
    if (this.#connection !== null) return
    const { world, network, process, qlink } = this.#ports
    this.#heardAtUs = world.nowUs
    this.#connection = network.connect(process(), qlink(), { kind: 'watch' })
  }

  look(): void {
    const { world, network, process, onLost } = this.#ports
    if (this.#connection === null || world.nowUs - this.#heardAtUs <= lineLimitUs) return
    network.close(this.#connection, process())
    this.#connection = null
    onLost()
    this.connect()
  }

  received(connection: Connection, message: StreamMessage): void {
    if (connection !== this.#connection || message.kind !== 'qlink-line') return
    this.#heardAtUs = this.#ports.world.nowUs
    this.#ports.onLine(message)
  }

  closed(connection: Connection): void {
    if (connection !== this.#connection) return
    this.#connection = null
    this.#ports.onLost()
    this.#ports.connectSoon()
  }

  reset(): void {
    this.#connection = null
  }
}
