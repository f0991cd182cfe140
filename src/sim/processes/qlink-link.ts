import type { QlinkEffect, QlinkEvent } from '../../protocol/qlink/state.js'
import type { Facts } from '../checks/facts.js'
import { gtidOf } from '../database/history.js'
import type { StreamMessage } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Connection, Process } from '../world/process.js'
import type { World } from '../world/world.js'
import { nodeIndexOf } from './addresses.js'
import type { QlinkDisk } from './qlink-disk.js'

export interface QlinkLinkContext {
  readonly world: World
  readonly network: Network
  readonly facts: Facts
  readonly disk: QlinkDisk
  readonly linkSilentMs: number
}

/** qlink's connection to its leader: what comes over it goes to the log, and acknowledgements go back. */
export class QlinkLink {
  readonly #context: QlinkLinkContext
  readonly #process: () => Process
  readonly #feed: (event: QlinkEvent) => void
  #id = 0
  #connection: Connection | null = null
  /** The log's end when this link began: coordinates of the leader are known for what came after it. */
  #from = 0
  #heartbeat: number | null = null
  #heardAtUs: number | null = null
  #silentSinceUs = 0
  #ignoresTheRest = false

  constructor(process: () => Process, context: QlinkLinkContext, feed: (event: QlinkEvent) => void) {
    this.#process = process
    this.#context = context
    this.#feed = feed
  }

  get isOpen(): boolean {
    return this.#connection !== null
  }

  open(effect: Extract<QlinkEffect, { kind: 'link' }>): void {
    const { world, network } = this.#context
    const { position, server } = gtidOf(effect.from)
    this.#id = effect.link
    this.#from = position
    this.#heartbeat = null
    this.#ignoresTheRest = false
    this.#silentSinceUs = world.nowUs
    const leader = world.process(nodeIndexOf(effect.leader.node))
    const hello = { kind: 'dump', from: position, lastServer: server, semiSync: true } as const
    this.#connection = network.connect(this.#process(), leader, hello)
    this.#tell(`connects to ${effect.leader.node}, from ${effect.from || 'the beginning'}`)
  }

  close(link: number): void {
    if (link === this.#id) this.#drop()
  }

  reset(): void {
    this.#connection = null
    this.#heardAtUs = null
  }

  /** The log was cut: what still comes would leave a gap. */
  ignoreTheRest(): void {
    this.#ignoresTheRest = true
  }

  received(connection: Connection, message: StreamMessage): void {
    if (connection !== this.#connection) return
    const { world } = this.#context
    this.#heardAtUs = world.nowUs
    this.#silentSinceUs = world.nowUs
    switch (message.kind) {
      case 'accepted':
        this.#feed({ kind: 'linked', link: this.#id })
        break
      case 'events':
        this.#store(message)
        break
      case 'heartbeat':
        this.#heartbeat = message.position
        this.#feed({ kind: 'caught-up', link: this.#id })
        this.#heartbeat = null
        return
      case 'dump-error':
        this.#tell(`is refused: ${message.reason}`)
        this.#end()
    }
  }

  closed(connection: Connection): void {
    if (connection === this.#connection) this.#end()
  }

  /** Looks whether the leader was silent for too long. */
  look(): void {
    if (this.#connection === null) return
    const { world, linkSilentMs } = this.#context
    if (world.nowUs - this.#silentSinceUs < linkSilentMs * 1000) return
    this.#tell('has not heard its leader for too long')
    this.#end()
  }

  acknowledge({ upTo }: Extract<QlinkEffect, { kind: 'acknowledge' }>, onHeartbeat: boolean): void {
    const { network, facts } = this.#context
    if (this.#connection === null) return
    const position = this.#heartbeat ?? (upTo.transactions > this.#from ? upTo.transactions : null)
    if (position === null) return
    if (onHeartbeat) facts.sometimes('acknowledgement repeated on a heartbeat')
    facts.acknowledges(this.#connection.server.index, position)
    network.send(this.#connection, this.#process(), { kind: 'ack', position })
  }

  heardAgoMs(): number | null {
    if (this.#heardAtUs === null) return null
    return Math.floor((this.#context.world.nowUs - this.#heardAtUs) / 1000)
  }

  #store(message: { readonly from: number; readonly transactions: readonly number[] }): void {
    const { disk, world } = this.#context
    if (this.#ignoresTheRest) return
    if (message.from !== disk.log.length + 1) {
      world.violate(
        'log',
        `qlink's log would have a gap: it ends at ${disk.log.length}, ${message.from} comes`,
      )
      return
    }
    for (const number of message.transactions) disk.log.append(number)
    this.#feed({ kind: 'received', link: this.#id, end: disk.end() })
  }

  #drop(): void {
    if (this.#connection !== null) this.#context.network.close(this.#connection, this.#process())
    this.#connection = null
  }

  #end(): void {
    const { world } = this.#context
    this.#drop()
    this.#feed({ kind: 'unlinked', link: this.#id, nowMs: world.clockMs(this.#process()) })
  }

  #tell(what: string): void {
    const { world } = this.#context
    world.story?.tell(world.nowUs, 'qlink', what)
  }
}
