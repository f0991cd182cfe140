import type { Answer, Ask } from '../world/messages.js'
import type { Network } from '../world/network.js'
import type { Exchange, Lane, Process } from '../world/process.js'
import type { World } from '../world/world.js'

/** What a task waits for: an answer within a limit, or time. */
export type Wait =
  | { readonly kind: 'ask'; readonly to: Process; readonly ask: Ask; readonly limitMs: number }
  | { readonly kind: 'sleep'; readonly ms: number }

export type Reply = Answer | TimedOut | { readonly kind: 'slept' }

interface TimedOut {
  readonly kind: 'timed-out'
}

/** Work with waits in it, written from top to bottom; all waits of one `yield` run at once. */
export type Work<T> = Generator<readonly Wait[], T, readonly Reply[]>

/** Expected failure of some work. */
export class Trouble extends Error {
  override readonly name = 'Trouble'
}

export function* sleep(ms: number): Work<void> {
  yield [{ kind: 'sleep', ms }]
}

export function* ask(to: Process, question: Ask, limitMs: number): Work<Answer | TimedOut> {
  const [reply] = yield [{ kind: 'ask', to, ask: question, limitMs }]
  return reply === undefined || reply.kind === 'slept' ? timedOut : reply
}

/** The answer, if it is of that kind. Throws {@link Trouble} naming what came instead. */
export function* demand<K extends Answer['kind']>(
  kind: K,
  to: Process,
  question: Ask,
  limitMs: number,
): Work<Extract<Answer, { readonly kind: K }>> {
  const reply = yield* ask(to, question, limitMs)
  if (reply.kind === kind) return reply as Extract<Answer, { readonly kind: K }>
  throw new Trouble(`${to.name}: ${question.kind}: ${whyNot(reply)}`)
}

export function whyNot(reply: Reply): string {
  return 'reason' in reply ? reply.reason : reply.kind
}

const lineDropped: Answer = Object.freeze({ kind: 'failed', why: 'closed', reason: 'its line was dropped' })

const timedOut: TimedOut = Object.freeze({ kind: 'timed-out' })

interface Task {
  readonly id: number
  readonly work: Work<void>
  replies: (Reply | null)[]
  /** Of the waits that it has now: later answers to earlier ones are nobody's. */
  round: number
  exchanges: Exchange[]
}

/** Runs the work of one process. Times out, forgets when told to; everything ends with the process. */
export class Tasks {
  readonly #world: World
  readonly #network: Network
  readonly #process: () => Process
  readonly #timerCode: number
  /** One control connection per node: what is sent over it keeps its order; a time-out ends it. */
  readonly #lanes = new Map<Process, Lane>()
  readonly #tasks = new Map<number, Task>()
  #ids = 0

  constructor(options: {
    readonly world: World
    readonly network: Network
    readonly process: () => Process
    readonly timerCode: number
  }) {
    this.#world = options.world
    this.#network = options.network
    this.#process = options.process
    this.#timerCode = options.timerCode
  }

  /** Returns how to leave it off. */
  start(work: Work<void>): () => void {
    const task: Task = { id: ++this.#ids, work, replies: [], round: 0, exchanges: [] }
    this.#tasks.set(task.id, task)
    this.#resume(task, [])
    return () => this.#leaveOff(task)
  }

  reset(): void {
    this.#tasks.clear()
    this.#lanes.clear()
  }

  /** Ends the line to a process: whoever waits for an answer over it hears none. */
  dropLine(callee: Process): void {
    const lane = this.#lanes.get(callee)
    this.#lanes.delete(callee)
    const isOnIt = (exchange: Exchange) => exchange.lane === lane
    const cut = [...this.#tasks.values()].flatMap(({ exchanges }) => exchanges.filter(isOnIt))
    for (const exchange of cut) {
      const { task, round, index } = unpack(exchange.token)
      exchange.abandoned = true
      this.#settle(task, round, index, lineDropped)
    }
  }

  answered(exchange: Exchange, answer: Answer): void {
    const { task, round, index } = unpack(exchange.token)
    this.#settle(task, round, index, answer)
  }

  timer(arg: number): void {
    const { task: id, round, index } = unpack(arg)
    const task = this.#tasks.get(id)
    if (!task || task.round !== round || task.replies[index] !== null) return
    const exchange = task.exchanges.find((each) => unpack(each.token).index === index)
    if (exchange) {
      exchange.abandoned = true
      this.#lanes.delete(exchange.callee)
    }
    this.#settle(id, round, index, exchange ? timedOut : { kind: 'slept' })
  }

  #settle(id: number, round: number, index: number, reply: Reply): void {
    const task = this.#tasks.get(id)
    if (!task || task.round !== round || task.replies[index] !== null) return
    task.replies[index] = reply
    if (task.replies.every((each) => each !== null)) this.#resume(task, task.replies as Reply[])
  }

  #resume(task: Task, replies: readonly Reply[]): void {
    const { done, value } = task.work.next(replies)
    if (done) {
      this.#tasks.delete(task.id)
      return
    }
    if (!this.#tasks.has(task.id)) return
    task.round++
    task.replies = value.map(() => null)
    task.exchanges = []
    value.forEach((wait, index) => {
      this.#begin(task, wait, index)
    })
    if (value.length === 0) this.#resume(task, [])
  }

  #begin(task: Task, wait: Wait, index: number): void {
    const token = pack({ task: task.id, round: task.round, index })
    const limitMs = wait.kind === 'sleep' ? wait.ms : wait.limitMs
    this.#world.timer(this.#process(), Math.round(limitMs * 1000), this.#timerCode, token)
    if (wait.kind === 'ask')
      task.exchanges.push(
        this.#network.ask(this.#process(), wait.to, wait.ask, { token, lane: this.#laneTo(wait.to) }),
      )
  }

  #laneTo(process: Process): Lane {
    const known = this.#lanes.get(process)
    if (known && !known.broken) return known
    const lane: Lane = { lastUs: 0, broken: false }
    this.#lanes.set(process, lane)
    return lane
  }

  #leaveOff(task: Task): void {
    this.#tasks.delete(task.id)
    for (const exchange of task.exchanges) exchange.abandoned = true
  }
}

interface Token {
  readonly task: number
  readonly round: number
  readonly index: number
}

const indexes = 8
const rounds = 65_536

/** In one whole number, because that is what a timer carries. */
function pack({ task, round, index }: Token): number {
  return (task * rounds + (round % rounds)) * indexes + index
}

function unpack(token: number): Token {
  const rest = Math.floor(token / indexes)
  return { task: Math.floor(rest / rounds), round: rest % rounds, index: token % indexes }
}
