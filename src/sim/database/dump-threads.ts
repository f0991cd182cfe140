import type { StreamMessage } from '../world/messages.js'
import type { Connection } from '../world/process.js'
import type { NodeState } from './node-state.js'

interface Dump {
  readonly connection: Connection
  readonly semiSync: boolean
  sent: number
  isIdle: boolean
}

const heartbeatCode = 3
const heartbeatUs = 100_000

/** Sends the binlog to whoever connected for it, from the position that each has. */
export class DumpThreads {
  readonly #state: NodeState
  readonly #onAcknowledged: (position: number) => void
  #dumps: Dump[] = []
  #isBeating = false

  constructor(state: NodeState, onAcknowledged: (position: number) => void) {
    this.#state = state
    this.#onAcknowledged = onAcknowledged
  }

  get acknowledgers(): number {
    return this.#dumps.filter((dump) => dump.semiSync).length
  }

  connected(connection: Connection): void {
    const { context, log } = this.#state
    const { hello } = connection
    if (hello.kind !== 'dump') return
    // A new dump of the same server ends the one it had.
    for (const dump of this.#dumps) if (dump.connection.client === connection.client) this.#drop(dump)
    const refusal = this.#refusalOf(hello)
    if (refusal !== null) {
      this.#send(connection, { kind: 'dump-error', reason: refusal })
      context.network.close(connection, this.#state.process())
      return
    }
    const from = context.traits.connectingAcknowledges ? Math.min(hello.from, log.length) : hello.from
    const dump: Dump = { connection, semiSync: hello.semiSync, sent: from, isIdle: true }
    this.#dumps.push(dump)
    this.#send(connection, { kind: 'accepted' })
    if (hello.semiSync && context.traits.connectingAcknowledges) this.#onAcknowledged(from)
    this.#pump(dump)
    if (hello.semiSync && !this.#isBeating) {
      this.#isBeating = true
      context.world.timer(this.#state.process(), heartbeatUs, heartbeatCode)
    }
  }

  received(connection: Connection, message: StreamMessage): void {
    if (message.kind !== 'ack') return
    const dump = this.#dumps.find((each) => each.connection === connection)
    if (dump?.semiSync || (dump && this.#state.context.traits.replicasAcknowledge))
      this.#onAcknowledged(message.position)
  }

  closed(connection: Connection): void {
    this.#dumps = this.#dumps.filter((dump) => dump.connection !== connection)
  }

  pumpAll(): void {
    for (const dump of this.#dumps) this.#pump(dump)
  }

  timer(code: number): boolean {
    if (code !== heartbeatCode) return false
    this.#beat()
    return true
  }

  reset(): void {
    this.#dumps = []
    this.#isBeating = false
  }

  /** Everything it would send was rewritten: whoever listens has to connect anew. */
  dropAll(): void {
    for (const dump of [...this.#dumps]) this.#drop(dump)
  }

  #beat(): void {
    const { context } = this.#state
    this.#isBeating = false
    for (const dump of this.#dumps) {
      if (!dump.semiSync) continue
      this.#isBeating = true
      if (dump.isIdle) this.#send(dump.connection, { kind: 'heartbeat', position: dump.sent })
      dump.isIdle = true
    }
    if (this.#isBeating) context.world.timer(this.#state.process(), heartbeatUs, heartbeatCode)
  }

  /** Error 1236: the receiver has something that is not in this history, as far as GTIDs can tell. */
  #refusalOf(hello: { readonly from: number; readonly lastServer: number }): string | null {
    const { log, context } = this.#state
    if (context.traits.connectingAcknowledges) return null
    if (hello.from > log.length)
      return `1236: position ${hello.from} is beyond the end of the binlog, ${log.length}`
    if (hello.from > 0 && log.serverAt(hello.from) !== hello.lastServer)
      return `1236: 0-${hello.lastServer}-${hello.from} is not in the binlog`
    return null
  }

  #pump(dump: Dump): void {
    const { log } = this.#state
    if (dump.sent >= log.length) return
    const transactions = log.numbers.slice(dump.sent)
    this.#send(dump.connection, { kind: 'events', from: dump.sent + 1, transactions })
    dump.sent = log.length
    dump.isIdle = false
  }

  #drop(dump: Dump): void {
    this.#state.context.network.close(dump.connection, this.#state.process())
    this.closed(dump.connection)
  }

  #send(connection: Connection, message: StreamMessage): void {
    this.#state.context.network.send(connection, this.#state.process(), message)
  }
}
