import { Redis } from 'ioredis'
import { type CorelabError, corelabError, reasonOf } from '../kit/errors.js'

export interface RedisTarget {
  readonly host: string
  readonly port: number
  readonly password: string
}

/** Every reply is waited for at most this long; also while the connection is being made again. */
const replyLimitMs = 2000
const reconnectDelayMsMax = 500
/** Of a connection that is closed. A server that is gone already does not end it, and the process would wait for that. */
const disconnectLimitMs = 50
/** SCAN's hint: large enough for few round trips, small enough not to stall the server. */
const scanBatch = 200

/**
 * One connection to the cache, made again in the background for as long as the client is open. Every method
 * throws CACHE_UNREACHABLE when there is no answer in time or Redis refuses the command.
 */
export interface RedisClient {
  ping(): Promise<void>
  get(key: string): Promise<string | null>
  /** With `ttlMs` the key vanishes by itself; with `onlyIfAbsent` false is returned when it is taken. */
  set(key: string, value: string, options?: RedisSetOptions): Promise<boolean>
  /** How many of the keys existed. */
  remove(...keys: string[]): Promise<number>
  /** Keys that match a glob, in no order, without blocking the server. */
  keys(glob: string): Promise<string[]>
  /** Milliseconds a key still lives; null when it has no limit or does not exist. */
  ttlMs(key: string): Promise<number | null>
  /** How many subscribers got it. */
  publish(channel: string, message: string): Promise<number>
  /** Listens on its own connection; messages sent while that is down are missed. Returns the way to stop. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => void>
  /** Any other command. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>
  close(): Promise<void>
}

export interface RedisSetOptions {
  readonly ttlMs?: number | undefined
  readonly onlyIfAbsent?: boolean | undefined
}

/** Starts to connect and returns at once; `ping` tells whether Redis is there. */
export function openRedis(target: RedisTarget): RedisClient {
  return new ConnectedRedis(target)
}

class ConnectedRedis implements RedisClient {
  readonly #redis: Redis
  readonly #subscribers = new Set<Redis>()

  constructor(private readonly target: RedisTarget) {
    this.#redis = this.#connect()
  }

  async ping(): Promise<void> {
    await this.command('PING')
  }

  async get(key: string): Promise<string | null> {
    return (await this.command('GET', key)) as string | null
  }

  async set(key: string, value: string, options: RedisSetOptions = {}): Promise<boolean> {
    const ttl = options.ttlMs === undefined ? [] : ['PX', options.ttlMs]
    const condition = options.onlyIfAbsent ? ['NX'] : []
    return (await this.command('SET', key, value, ...ttl, ...condition)) === 'OK'
  }

  async remove(...keys: string[]): Promise<number> {
    return keys.length === 0 ? 0 : Number(await this.command('DEL', ...keys))
  }

  async keys(glob: string): Promise<string[]> {
    const found = new Set<string>()
    let cursor = '0'
    do {
      const [next, keys] = (await this.command('SCAN', cursor, 'MATCH', glob, 'COUNT', scanBatch)) as [
        string,
        string[],
      ]
      cursor = next
      for (const key of keys) found.add(key)
    } while (cursor !== '0')
    return [...found]
  }

  async ttlMs(key: string): Promise<number | null> {
    const left = Number(await this.command('PTTL', key))
    return left < 0 ? null : left
  }

  async publish(channel: string, message: string): Promise<number> {
    return Number(await this.command('PUBLISH', channel, message))
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => void> {
    const subscriber = this.#connect()
    subscriber.on('message', (from: string, message: string) => {
      if (from === channel) listener(message)
    })
    this.#subscribers.add(subscriber)
    const stop = () => {
      this.#subscribers.delete(subscriber)
      subscriber.disconnect()
    }
    try {
      await this.#wrapped('SUBSCRIBE', subscriber.subscribe(channel))
    } catch (error) {
      stop()
      throw error
    }
    return stop
  }

  command(name: string, ...args: (string | number)[]): Promise<unknown> {
    return this.#wrapped(name, this.#redis.call(name, ...args))
  }

  async close(): Promise<void> {
    for (const subscriber of this.#subscribers) subscriber.disconnect()
    this.#subscribers.clear()
    if (this.#redis.status === 'ready') await this.#redis.quit().catch(() => undefined)
    this.#redis.disconnect()
  }

  #connect(): Redis {
    const { host, port, password } = this.target
    const redis = new Redis({
      host,
      port,
      password,
      connectTimeout: replyLimitMs,
      commandTimeout: replyLimitMs,
      disconnectTimeout: disconnectLimitMs,
      maxRetriesPerRequest: 1,
      retryStrategy: (attempt) => Math.min(attempt * 50, reconnectDelayMsMax),
    })
    // Without a listener a lost connection would end the process; each command reports it by itself.
    redis.on('error', () => undefined)
    return redis
  }

  async #wrapped<T>(command: string, reply: Promise<T>): Promise<T> {
    try {
      return await reply
    } catch (cause) {
      throw this.#unreachable(command, cause)
    }
  }

  #unreachable(command: string, cause: unknown): CorelabError {
    return corelabError('CACHE_UNREACHABLE', {
      message: `Redis at ${this.target.host}:${this.target.port}: ${command} failed: ${reasonOf(cause)}`,
      fix: ['corelab status', 'corelab logs redis'],
      cause,
    })
  }
}
