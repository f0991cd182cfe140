import { type AmqpClient, type AmqpTarget, openAmqp } from '../../clients/amqp.js'
import { systemClock } from '../../kit/clock.js'
import { SessionBook } from '../acks/ack-book.js'
import { writeAcks } from '../acks/ack-files.js'
import { operationKey } from '../acks/compare-acks.js'
import type { Workload, WorkloadFactory } from '../engine/workload.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'

/** Plain data: it goes to threads. */
export interface BrokerParams {
  readonly target: AmqpTarget
  /** One queue for each thread; the scenario has declared them. */
  readonly queues: readonly string[]
  readonly keyPrefix: string
  readonly ackDir: string
  readonly bodyBytes: number
  readonly prefetch: number
}

/** What a thread writes beside the acknowledgements. */
export interface BrokerAcks {
  readonly sessions: readonly ReturnType<SessionBook['data']>[]
  /** By session: one bit per message that arrived, from number 0, in base64. */
  readonly arrived: readonly (readonly [session: number, bits: string])[]
  readonly again: number
  readonly strangers: number
}

const connectTimeoutMs = 5000
/** At the end: how long the consumer may go without a message before what is missing counts as left in the queue. */
const silenceLimitMs = 1000

/**
 * Publishers that wait for the broker's confirm, and a consumer beside them that acknowledges, for each thread on a
 * connection of its own. All publishers of a thread share a channel, as the threads of a service do.
 */
export const brokerWorkload: WorkloadFactory = async ({ params }, thread): Promise<Workload> => {
  const wanted = params as BrokerParams
  const queue = wanted.queues[thread.index] ?? ''
  const publisher = await openAmqp(wanted.target, { connectTimeoutMs })
  const consumer = await openAmqp(wanted.target, { connectTimeoutMs }).catch(async (error) => {
    await publisher.close()
    throw error
  })
  const arrivals = new Arrivals(wanted.keyPrefix)
  await consumer.consume(queue, { prefetch: wanted.prefetch }, (body) => arrivals.add(body))
  const sessions: PublishSession[] = []
  return {
    classes: ['publish'],
    async openSession(index) {
      const session = new PublishSession(publisher, { ...wanted, queue, index })
      sessions.push(session)
      return session
    },
    async close() {
      await untilSilent(arrivals, sessions)
      await Promise.all([publisher.close(), consumer.close()])
      const acks: BrokerAcks = { sessions: sessions.map(({ book }) => book.data()), ...arrivals.data() }
      await writeAcks(wanted.ackDir, thread.index, acks)
      return { delivered: arrivals.count, deliveredAgain: arrivals.again }
    },
  }
}

/** Everything that was sent has arrived, or nothing comes any more. */
async function untilSilent(arrivals: Arrivals, sessions: readonly PublishSession[]): Promise<void> {
  const sent = sessions.reduce((sum, { book }) => sum + book.data().begun, 0)
  for (let before = -1; arrivals.count < sent && arrivals.count !== before; ) {
    before = arrivals.count
    await systemClock.sleep(silenceLimitMs)
  }
}

class PublishSession implements LoadSession {
  readonly book: SessionBook
  readonly #padding: string

  constructor(
    private readonly publisher: AmqpClient,
    private readonly own: {
      readonly queue: string
      readonly keyPrefix: string
      readonly index: number
      readonly bodyBytes: number
    },
  ) {
    this.book = new SessionBook(own.index)
    this.#padding = ' '.repeat(Math.max(0, own.bodyBytes - own.keyPrefix.length - 8))
  }

  run(done: (outcome: OperationOutcome) => void): void {
    const { keyPrefix, index, queue } = this.own
    const body = operationKey(keyPrefix, index, this.book.begin()) + this.#padding
    this.publisher.publish(queue, body).then(
      () => this.#end(okOutcome, done),
      (error: unknown) => this.#end(outcomeOfError(error), done),
    )
  }

  async close(): Promise<void> {
    // The connections are the thread's.
  }

  #end(outcome: OperationOutcome, done: (outcome: OperationOutcome) => void): void {
    this.book.end(outcome.kind)
    done(outcome)
  }
}

/** Which messages have come: a bit each. */
export class Arrivals {
  count = 0
  again = 0
  #strangers = 0
  readonly #bits = new Map<number, Uint8Array>()

  constructor(private readonly keyPrefix: string) {}

  add(body: string): void {
    const key = body.trimEnd()
    const [session = Number.NaN, n = Number.NaN] = key
      .slice(this.keyPrefix.length)
      .split('-')
      .map((part) => Number.parseInt(part, 36))
    if (!key.startsWith(this.keyPrefix) || !Number.isSafeInteger(session) || !Number.isSafeInteger(n)) {
      this.#strangers++
      return
    }
    const bits = this.#roomFor(session, n)
    const byte = n >>> 3
    const mask = 1 << (n & 7)
    if (((bits[byte] ?? 0) & mask) !== 0) {
      this.again++
      return
    }
    bits[byte] = (bits[byte] ?? 0) | mask
    this.count++
  }

  data(): Omit<BrokerAcks, 'sessions'> {
    return {
      arrived: [...this.#bits].map(([session, bits]) => [session, Buffer.from(bits).toString('base64')]),
      again: this.again,
      strangers: this.#strangers,
    }
  }

  #roomFor(session: number, n: number): Uint8Array {
    const bits = this.#bits.get(session) ?? new Uint8Array(64)
    if (n < bits.length * 8) {
      this.#bits.set(session, bits)
      return bits
    }
    const larger = new Uint8Array(Math.max(bits.length * 2, (n >>> 3) + 1))
    larger.set(bits)
    this.#bits.set(session, larger)
    return larger
  }
}

/** The keys of messages that arrived. */
export function* arrivedKeys(prefix: string, acks: BrokerAcks): Iterable<string> {
  for (const [session, text] of acks.arrived) {
    const bits = Buffer.from(text, 'base64')
    for (let n = 0; n < bits.length * 8; n++)
      if (((bits[n >>> 3] ?? 0) & (1 << (n & 7))) !== 0) yield operationKey(prefix, session, n)
  }
}
