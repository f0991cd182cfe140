import type { SimEvent } from './event-heap.js'
import type { Answer, Ask, Hello, Push, StreamMessage } from './messages.js'

/** How a process ended: `kill` keeps what the kernel had not written yet, `power` does not. */
export type Ending = 'kill' | 'power'

/**
 * What runs in a process. It sees its own clock, its own disk and what reaches it, and nothing else. What it keeps in
 * memory is gone with its process; what is durable it finds again in `started`.
 */
export interface Actor {
  started(): void
  ended(how: Ending): void
  timer(code: number, arg: number): void
  asked(exchange: Exchange): void
  /** The answer to what it asked; never after it abandoned the exchange. */
  answered(exchange: Exchange, answer: Answer): void
  /** Somebody connected; it may `send` or `close`. */
  connected(connection: Connection): void
  received(connection: Connection, message: StreamMessage): void
  /** By the other side, or because nobody listens. */
  closed(connection: Connection): void
  pushed(push: Push): void
}

export interface Process {
  readonly index: number
  readonly name: string
  readonly actor: Actor
  state: 'up' | 'down' | 'frozen'
  /** Grows with each start and end: what was meant for a former life is recognised. */
  life: number
  /** Added to the world's time: nobody can compare the clocks of two processes. */
  readonly clockOffsetUs: number
  /** What waits for a frozen process. */
  readonly deferred: SimEvent[]
  readonly connections: Set<Connection>
  /** Asked of it, and not answered yet. */
  readonly unanswered: Set<Exchange>
}

/** One question and its answer. */
export interface Exchange {
  readonly caller: Process
  readonly callerLife: number
  readonly callee: Process
  /** A connection leads to one life of a process. */
  readonly calleeLife: number
  readonly ask: Ask
  /** The caller's own mark. */
  readonly token: number
  answer: Answer | null
  /** The caller no longer waits. */
  abandoned: boolean
  /** Keeps the order among those that share it. */
  readonly lane: Lane | null
}

/** One direction of a connection, or what else keeps the order of what is sent. */
export interface Lane {
  lastUs: number
  /** Something was lost on the way: nothing more arrives, as in a TCP stream. */
  broken: boolean
}

export interface Connection {
  readonly id: number
  readonly client: Process
  readonly server: Process
  readonly clientLife: number
  serverLife: number
  readonly hello: Hello
  readonly toServer: Lane
  readonly toClient: Lane
  clientOpen: boolean
  serverOpen: boolean
}
