import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib'
import { type CorelabError, corelabError, reasonOf } from '../kit/errors.js'

export interface AmqpTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
}

export interface AmqpOptions {
  readonly connectTimeoutMs: number
  /** Both sides drop a peer that was silent for twice as long. Default 10 s. */
  readonly heartbeatSeconds?: number | undefined
}

interface QueueOptions {
  /** Outlives the broker. Default true. */
  readonly durable?: boolean
  readonly expiresMs?: number
}

/**
 * One connection with one channel in confirm mode. Not made again after a loss: its owner opens a new one.
 * Every method throws BROKER_UNREACHABLE when the broker is gone, refuses, or does not answer in time.
 */
export interface AmqpClient {
  /** `expiresMs`: the broker takes it away when nobody has consumed from it, or declared it, for so long. */
  declareQueue(queue: string, options?: QueueOptions): Promise<void>
  deleteQueue(queue: string): Promise<void>
  /** Resolves when the broker has confirmed that it holds the message. */
  publish(queue: string, body: string): Promise<void>
  /** Takes and acknowledges the next message; null when the queue is empty. */
  take(queue: string): Promise<string | null>
  /**
   * Hands over messages as they come, with at most `prefetch` of them not yet acknowledged. Each is acknowledged after
   * `onMessage` has returned, several at a time.
   */
  consume(
    queue: string,
    options: { readonly prefetch: number },
    onMessage: (body: string) => void,
  ): Promise<void>
  /** Called once when the connection ends other than by `close`. */
  onClose(listener: (reason: Error) => void): void
  close(): Promise<void>
}

/** The broker confirms or answers within this time, or counts as gone. */
const answerLimitMs = 5000

export async function openAmqp(target: AmqpTarget, options: AmqpOptions): Promise<AmqpClient> {
  const where = `RabbitMQ at ${target.host}:${target.port}`
  try {
    const connection = await connect(
      {
        protocol: 'amqp',
        hostname: target.host,
        port: target.port,
        username: target.user,
        password: target.password,
        vhost: target.vhost,
        heartbeat: options.heartbeatSeconds ?? 10,
      },
      { timeout: options.connectTimeoutMs, noDelay: true },
    )
    connection.on('error', () => undefined)
    const channel = await connection.createConfirmChannel()
    channel.on('error', () => undefined)
    return new ConfirmingClient(where, connection, channel)
  } catch (cause) {
    throw brokerFailed(where, 'connect', cause)
  }
}

class ConfirmingClient implements AmqpClient {
  #closing = false
  /** The newest message that was handed over and is not acknowledged: all before it are meant, too. */
  #unacknowledged: ConsumeMessage | null = null

  constructor(
    private readonly where: string,
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
  ) {}

  async declareQueue(queue: string, { durable = true, expiresMs }: QueueOptions = {}): Promise<void> {
    const expiry = expiresMs === undefined ? {} : { expires: expiresMs }
    await this.#answered(`declare ${queue}`, () => this.channel.assertQueue(queue, { durable, ...expiry }))
  }

  async deleteQueue(queue: string): Promise<void> {
    await this.#answered(`delete ${queue}`, () => this.channel.deleteQueue(queue))
  }

  publish(queue: string, body: string): Promise<void> {
    return this.#answered(
      `publish to ${queue}`,
      () =>
        new Promise<void>((resolve, reject) => {
          const onConfirm = (error: unknown) => (error ? reject(error) : resolve())
          this.channel.sendToQueue(queue, Buffer.from(body), { persistent: true }, onConfirm)
        }),
    )
  }

  async take(queue: string): Promise<string | null> {
    const message = await this.#answered(`take from ${queue}`, () => this.channel.get(queue))
    if (message === false) return null
    this.channel.ack(message)
    return message.content.toString('utf8')
  }

  async consume(
    queue: string,
    { prefetch }: { readonly prefetch: number },
    onMessage: (body: string) => void,
  ): Promise<void> {
    await this.#answered(`consume ${queue}`, async () => {
      await this.channel.prefetch(prefetch)
      await this.channel.consume(queue, (message) => {
        if (message === null) return
        onMessage(message.content.toString('utf8'))
        if (this.#unacknowledged === null) setImmediate(() => this.#acknowledge())
        this.#unacknowledged = message
      })
    })
  }

  onClose(listener: (reason: Error) => void): void {
    this.connection.once('close', (error?: Error) => {
      if (!this.#closing) listener(error ?? new Error('the broker closed the connection'))
    })
  }

  async close(): Promise<void> {
    this.#acknowledge()
    this.#closing = true
    await this.#answered('close', () => this.connection.close()).catch(() => undefined)
  }

  #acknowledge(): void {
    const message = this.#unacknowledged
    this.#unacknowledged = null
    if (message === null || this.#closing) return
    try {
      this.channel.ack(message, true)
    } catch {
      // The channel has ended: the broker gives these messages to somebody else.
    }
  }

  async #answered<T>(what: string, ask: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${answerLimitMs} ms`)), answerLimitMs)
    })
    try {
      // async: amqplib throws at once when its channel is already closed.
      return await Promise.race([(async () => ask())(), limit])
    } catch (cause) {
      throw brokerFailed(this.where, what, cause)
    } finally {
      clearTimeout(timer)
    }
  }
}

function brokerFailed(where: string, what: string, cause: unknown): CorelabError {
  return corelabError('BROKER_UNREACHABLE', {
    message: `${where}: ${what} failed: ${reasonOf(cause)}`,
    fix: ['corelab status', 'corelab logs rabbitmq'],
    cause,
  })
}
