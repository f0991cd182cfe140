import type { Gtid, StreamMessage } from '../world/messages.js'
import type { Connection } from '../world/process.js'
import type { NodeState } from './node-state.js'

const applyCode = 2
const lookCode = 4
const lookUs = 500_000
/** slave_net_timeout of 2 s, in looks. */
const silentLooksMax = 4
const batchMax = 64
/** In place of a transaction that was not applied: it is no transaction of anybody. */
const passedOver = 0

/**
 * Receives from a source into the relay log and applies in order. gtid_strict_mode: what does not follow on what is there
 * stops it. The relay log is lost with the process (relay_log_recovery).
 */
export class ReplicaThreads {
  readonly #state: NodeState
  readonly #onLogged: () => void
  source: number | null = null
  applyError: string | null = null
  receiveError: string | null = null
  #connection: Connection | null = null
  #relay: number[] = []
  /** Sequence number of the first transaction in the relay log. */
  #relayFrom = 1
  #isApplying = false
  #isLooking = false
  #silentLooks = 0

  constructor(state: NodeState, onLogged: () => void) {
    this.#state = state
    this.#onLogged = onLogged
  }

  /** The last transaction that it has, applied or not. */
  get end(): Gtid {
    const { log, context } = this.#state
    const last = this.#relay.at(-1)
    if (last === undefined) return log.gtidAt(log.length)
    return {
      server: context.transactions.of(last).server,
      position: this.#relayFrom + this.#relay.length - 1,
    }
  }

  /** Whether that transaction is among what it has, applied or not. */
  includes({ server, position }: Gtid): boolean {
    const { log, context } = this.#state
    if (position <= log.length) return log.serverAt(position) === server
    const waiting = this.#relay[position - this.#relayFrom]
    return waiting !== undefined && context.transactions.of(waiting).server === server
  }

  get receiving(): boolean {
    return this.#connection?.serverOpen === true && this.receiveError === null
  }

  follow(source: number): void {
    this.#stopReceiving()
    this.source = source
    this.applyError = null
    this.receiveError = null
    // What was received and not applied is dropped with the old source: it is sent again.
    this.#relay = []
    this.#relayFrom = this.#state.log.length + 1
    this.#connect(source)
    this.#lookSoon()
  }

  /** START REPLICA, where an error had stopped it. */
  nudge(): void {
    if (this.source === null) return
    this.applyError = null
    this.receiveError = null
    if (this.#connection === null) this.#connect(this.source)
    this.#applySoon()
    this.#lookSoon()
  }

  /** Stops receiving; what was received is applied still. */
  halt(): void {
    this.#stopReceiving()
    this.source = null
  }

  /** STOP, RESET: nothing is left of having been a replica. */
  forget(): void {
    this.halt()
    this.#relay = []
    this.applyError = null
    this.receiveError = null
  }

  received(connection: Connection, message: StreamMessage): void {
    if (connection !== this.#connection) return
    if (message.kind === 'dump-error') {
      this.receiveError = message.reason
      this.#state.tell(`stops receiving: ${message.reason}`)
      this.#stopReceiving()
    }
    if (message.kind === 'events') this.#store(connection, message)
  }

  closed(connection: Connection): void {
    if (connection === this.#connection) this.#connection = null
  }

  timer(code: number): boolean {
    if (code === applyCode) this.#apply()
    else if (code === lookCode) this.#look()
    else return false
    return true
  }

  reset(): void {
    this.source = null
    this.applyError = null
    this.receiveError = null
    this.#connection = null
    this.#relay = []
    this.#isApplying = false
    this.#isLooking = false
    this.#silentLooks = 0
  }

  #connect(source: number): void {
    const { world, network } = this.#state.context
    const { position: from, server: lastServer } = this.end
    const hello = { kind: 'dump', from, lastServer, semiSync: false } as const
    this.#silentLooks = 0
    this.#connection = network.connect(this.#state.process(), world.process(source), hello)
  }

  #stopReceiving(): void {
    if (this.#connection !== null) this.#state.context.network.close(this.#connection, this.#state.process())
    this.#connection = null
  }

  #store(
    connection: Connection,
    message: { readonly from: number; readonly transactions: readonly number[] },
  ): void {
    const { context } = this.#state
    if (this.#relay.length === 0) this.#relayFrom = message.from
    for (const number of message.transactions) this.#relay.push(number)
    if (context.traits.replicasAcknowledge) {
      const { position } = this.end
      context.network.send(connection, this.#state.process(), { kind: 'ack', position })
    }
    this.#applySoon()
  }

  #applySoon(): void {
    if (this.#isApplying || this.#relay.length === 0 || this.applyError !== null) return
    this.#isApplying = true
    const { context, applierSlowness } = this.#state
    const { world, speeds } = context
    const batch = Math.min(batchMax, this.#relay.length)
    world.timer(this.#state.process(), 100 + speeds.applyUs * applierSlowness * batch, applyCode, batch)
  }

  #apply(): void {
    const state = this.#state
    this.#isApplying = false
    if (state.applierStalled) {
      this.#isApplying = true
      state.context.world.timer(state.process(), 20_000, applyCode)
      return
    }
    if (this.#relay.length === 0) return
    if (this.#relayFrom !== state.log.length + 1) {
      this.applyError = `1950: 0-x-${this.#relayFrom} does not follow on ${state.log.length} (strict mode)`
      state.tell(`stops applying: ${this.applyError}`)
      return
    }
    const batch = this.#relay.splice(0, batchMax)
    // A server passes over what carries its own id, without a word (replicate_same_server_id=OFF).
    for (const number of batch)
      state.log.append(state.context.transactions.of(number).server === state.id ? passedOver : number)
    this.#relayFrom += batch.length
    state.commitTo(state.log.length)
    this.#onLogged()
    this.#applySoon()
  }

  #lookSoon(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#state.context.world.timer(this.#state.process(), lookUs, lookCode)
  }

  /** The heartbeats of a source, in short: who has been unreachable for long is connected to anew. */
  #look(): void {
    const { context } = this.#state
    this.#isLooking = false
    if (this.source === null || this.receiveError !== null) return
    this.#lookSoon()
    if (this.#connection === null) {
      this.#connect(this.source)
      return
    }
    const source = context.world.process(this.source)
    const isSilent =
      !this.#connection.serverOpen ||
      this.#connection.toClient.broken ||
      this.#connection.toServer.broken ||
      source.state === 'frozen' ||
      context.network.isCut(source, this.#state.process())
    this.#silentLooks = isSilent ? this.#silentLooks + 1 : 0
    if (this.#silentLooks < silentLooksMax) return
    this.#stopReceiving()
    this.#connect(this.source)
  }
}
