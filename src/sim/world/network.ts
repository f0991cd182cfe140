import type { SimEvent } from './event-heap.js'
import { Links, type LinkTrouble } from './links.js'
import type { Answer, Ask, Failed, Hello, Push, StreamMessage } from './messages.js'
import type { Connection, Exchange, Lane, Process } from './process.js'
import type { Switchboard, World } from './world.js'

const askCode = 1
const answerCode = 2
const helloCode = 3
const streamCode = 4
const closedCode = 5
const pushCode = 6

interface Parcel {
  readonly connection: Connection
  readonly toServer: boolean
  readonly message: StreamMessage
}

interface Sending {
  readonly from: Process
  readonly to: Process
  readonly code: number
  readonly load: unknown
  readonly lane: Lane | null
}

/**
 * What processes say to each other. Everything is TCP: order is kept within a connection, what is lost once breaks the
 * rest of its direction, a process that ends resets its connections, and one that is frozen still accepts. What becomes
 * of a message is a hash of the seed, its link and its number on that link, so that one fault less does not reshuffle
 * the others.
 */
export class Network implements Switchboard {
  readonly #world: World
  readonly #size: number
  readonly #links: Links
  /** By link: what waits for it to be up again. */
  readonly #held: Sending[][]
  #connections = 0
  duplicates = 0

  constructor(world: World, options: { readonly processes: number; readonly baseUs: number }) {
    this.#world = world
    this.#size = options.processes
    const links = options.processes * options.processes
    this.#links = new Links({ seed: world.seed, links, baseUs: options.baseUs })
    this.#held = Array.from({ length: links }, () => [])
    world.plug(this)
  }

  ask(
    caller: Process,
    callee: Process,
    ask: Ask,
    options: { readonly token: number; readonly lane?: Lane | null },
  ): Exchange {
    const exchange: Exchange = {
      caller,
      callerLife: caller.life,
      callee,
      calleeLife: callee.life,
      ask,
      token: options.token,
      answer: null,
      abandoned: false,
      lane: options.lane ?? null,
    }
    this.#send({ from: caller, to: callee, code: askCode, load: exchange, lane: exchange.lane })
    return exchange
  }

  answer(exchange: Exchange, answer: Answer): void {
    const { callee, caller } = exchange
    callee.unanswered.delete(exchange)
    if (exchange.answer !== null) return
    exchange.answer = answer
    this.#send({ from: callee, to: caller, code: answerCode, load: exchange, lane: null })
  }

  /** Kept open until it is answered; when the process ends first, the caller hears that. */
  keep(exchange: Exchange): void {
    exchange.callee.unanswered.add(exchange)
  }

  connect(client: Process, server: Process, hello: Hello): Connection {
    const connection: Connection = {
      id: ++this.#connections,
      client,
      server,
      clientLife: client.life,
      serverLife: -1,
      hello,
      toServer: { lastUs: 0, broken: false },
      toClient: { lastUs: 0, broken: false },
      clientOpen: true,
      serverOpen: false,
    }
    client.connections.add(connection)
    this.#send({ from: client, to: server, code: helloCode, load: connection, lane: connection.toServer })
    return connection
  }

  send(connection: Connection, from: Process, message: StreamMessage): void {
    const toServer = from === connection.client
    if (!(toServer ? connection.clientOpen : connection.serverOpen)) return
    const load: Parcel = { connection, toServer, message }
    const lane = toServer ? connection.toServer : connection.toClient
    const to = toServer ? connection.server : connection.client
    this.#send({ from, to, code: streamCode, load, lane })
  }

  /** Ends it on one's own side; the other side hears of it. */
  close(connection: Connection, by: Process): void {
    const byClient = by === connection.client
    if (!(byClient ? connection.clientOpen : connection.serverOpen)) return
    if (byClient) connection.clientOpen = false
    else connection.serverOpen = false
    by.connections.delete(connection)
    const to = byClient ? connection.server : connection.client
    const lane = byClient ? connection.toServer : connection.toClient
    this.#send({ from: by, to, code: closedCode, load: connection, lane })
  }

  push(from: Process, to: Process, push: Push): void {
    this.#send({ from, to, code: pushCode, load: push, lane: null })
  }

  /** Whether nothing gets through from one to the other at the moment. */
  isCut(from: Process, to: Process): boolean {
    const link = this.#linkOf(from, to)
    return this.#links.stalls(link) || this.#links.drops(link)
  }

  trouble(from: Process, to: Process, change: LinkTrouble): void {
    const link = this.#linkOf(from, to)
    this.#links.change(link, change)
    if (!this.#links.stalls(link)) this.#release(link)
  }

  healAll(): void {
    this.#links.heal()
    for (let link = 0; link < this.#held.length; link++) this.#release(link)
  }

  take(event: SimEvent, process: Process): void {
    switch (event.code) {
      case askCode:
        this.#takeAsk(event.load as Exchange)
        break
      case answerCode:
        this.#takeAnswer(event.load as Exchange)
        break
      case helloCode:
        this.#takeHello(event.load as Connection)
        break
      case streamCode:
        this.#takeParcel(event.load as Parcel)
        break
      case closedCode:
        this.#takeClosed(event.load as Connection, process)
        break
      default:
        if (process.state === 'up') process.actor.pushed(event.load as Push)
    }
  }

  ended(process: Process): void {
    for (const exchange of process.unanswered) this.answer(exchange, connectionClosed)
    process.unanswered.clear()
    for (const connection of process.connections) this.close(connection, process)
    process.connections.clear()
  }

  #takeAsk(exchange: Exchange): void {
    const { callee, calleeLife } = exchange
    if (callee.state === 'down') {
      this.answer(exchange, connectionRefused)
      return
    }
    if (callee.life !== calleeLife) {
      this.answer(exchange, connectionClosed)
      return
    }
    callee.actor.asked(exchange)
  }

  #takeAnswer(exchange: Exchange): void {
    const { caller, callerLife, answer } = exchange
    if (exchange.abandoned || caller.life !== callerLife || answer === null) return
    caller.actor.answered(exchange, answer)
  }

  #takeHello(connection: Connection): void {
    const { server } = connection
    if (server.state === 'down') {
      this.#send({
        from: server,
        to: connection.client,
        code: closedCode,
        load: connection,
        lane: connection.toClient,
      })
      return
    }
    connection.serverLife = server.life
    connection.serverOpen = true
    server.connections.add(connection)
    server.actor.connected(connection)
  }

  #takeParcel({ connection, toServer, message }: Parcel): void {
    const receiver = toServer ? connection.server : connection.client
    const life = toServer ? connection.serverLife : connection.clientLife
    const isOpen = toServer ? connection.serverOpen : connection.clientOpen
    if (isOpen && receiver.life === life) receiver.actor.received(connection, message)
  }

  #takeClosed(connection: Connection, process: Process): void {
    const isServer = process === connection.server
    const life = isServer ? connection.serverLife : connection.clientLife
    if (process.life !== life || !(isServer ? connection.serverOpen : connection.clientOpen)) return
    if (isServer) connection.serverOpen = false
    else connection.clientOpen = false
    process.connections.delete(connection)
    process.actor.closed(connection)
  }

  #linkOf(from: Process, to: Process): number {
    return from.index * this.#size + to.index
  }

  #send(sending: Sending): void {
    const { lane } = sending
    const link = this.#linkOf(sending.from, sending.to)
    if (lane?.broken) return
    if (this.#links.drops(link)) {
      // What is lost leaves a hole in its stream; an acknowledgement may be lost as a whole.
      const leavesHole = !isAcknowledgement(sending) || (this.#links.nextFate(link) & 1) === 0
      if (lane !== null && leavesHole) lane.broken = true
    } else if (this.#links.stalls(link)) this.#held[link]?.push(sending)
    else this.#carry(link, sending)
  }

  #carry(link: number, { to, code, load, lane }: Sending): void {
    const fate = this.#links.nextFate(link)
    let atUs = this.#world.nowUs + this.#links.delayUs(link, fate)
    if (lane !== null) {
      atUs = Math.max(atUs, lane.lastUs + 1)
      lane.lastUs = atUs
    }
    const event = { code, target: to.index, life: to.life, arg: digestOf(code, load), load }
    this.#world.schedule(atUs, event)
    if (fate >>> 25 === 1 && mayComeTwice(code, load)) {
      this.duplicates++
      this.#world.schedule(atUs + 1 + (fate & 0x3fff), event)
    }
  }

  /** What waited goes on in its order; of what nobody waits for any more, half never left the sender's buffer. */
  #release(link: number): void {
    const held = this.#held[link]
    if (held === undefined || held.length === 0) return
    for (const sending of held.splice(0)) {
      const isStale = sending.code === askCode && (sending.load as Exchange).abandoned
      if (!isStale || (this.#links.nextFate(link) & 1) === 0) this.#carry(link, sending)
    }
  }
}

export const connectionRefused: Failed = Object.freeze({
  kind: 'failed',
  why: 'refused',
  reason: 'connection refused',
})

const connectionClosed: Failed = Object.freeze({ kind: 'failed', why: 'closed', reason: 'connection closed' })

/** An acknowledgement is cumulative and a topology has a version, so both may come twice. */
function mayComeTwice(code: number, load: unknown): boolean {
  return code === pushCode || isAcknowledgement({ code, load })
}

function isAcknowledgement({ code, load }: { readonly code: number; readonly load: unknown }): boolean {
  return code === streamCode && (load as Parcel).message.kind === 'ack'
}

/** What of a message goes into the trace hash. */
function digestOf(code: number, load: unknown): number {
  if (code !== streamCode) return 0
  const { connection, message } = load as Parcel
  const position =
    message.kind === 'ack' || message.kind === 'heartbeat'
      ? message.position
      : message.kind === 'events'
        ? message.from + message.transactions.length
        : 0
  return connection.id * 0x10_0000 + position
}
