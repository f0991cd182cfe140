import { cancelled, corelabError } from '../../kit/errors.js'
import {
  type ConnectionOptions,
  describeTarget,
  type MysqlTarget,
  openConnection,
  type SqlConnection,
} from './connection.js'

export interface PoolOptions {
  readonly connectionLimit: number
  readonly connectTimeoutMs?: number | undefined
  readonly statementLimitMs?: number | undefined
  /** How long `use` waits for a free connection. Default 10 s. */
  readonly acquireLimitMs?: number | undefined
}

/** A bounded set of sessions with one node, opened when they are needed. */
export interface SqlPool {
  /**
   * Lends a healthy connection to `work`. A transaction that `work` left open is rolled back. Throws
   * DATABASE_UNREACHABLE when there is no connection within the limit, and whatever `work` throws.
   */
  use<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T>
  /** No connection of before this call is lent again: idle ones close now, busy ones when they come back. */
  discardAll(): void
  /** Like `discardAll`, but busy connections are cut too: their statements are rejected at once. */
  destroyAll(): void
  /** Refuses new work, waits for the busy ones within a limit, then cuts what is left. Never rejects. */
  close(): Promise<void>
}

export function openPool(target: MysqlTarget, options: PoolOptions): SqlPool {
  return new BoundedPool(target, options)
}

/** A waiter gets an idle connection, or null = the right to open one. */
interface Waiter {
  readonly grant: (idle: SqlConnection | null) => void
  readonly refuse: (reason: Error) => void
}

/**
 * How many sessions are opened at the same time. After a change of master all of them are needed at once, and the first
 * few can work while the others are still being greeted; opened together, they would all be ready only at the end.
 */
const openingMax = 8

/** `close` lets running work finish for this long. */
const closeLimitMs = 5000

class BoundedPool implements SqlPool {
  #idle: SqlConnection[] = []
  #busy = new Set<SqlConnection>()
  /** Idle, busy and opening. */
  #count = 0
  #openingCount = 0
  #waiters: Waiter[] = []
  /** Connections that may be lent again; the others are dropped when they come back. */
  #current = new WeakSet<SqlConnection>()
  /** A frozen server takes connections and never greets: who waits for it must be able to leave. */
  readonly #opening = new Set<AbortController>()
  #closed = false
  #onEmpty: (() => void) | null = null
  readonly #limit: number
  readonly #acquireLimitMs: number
  readonly #connectionOptions: ConnectionOptions

  constructor(
    private readonly target: MysqlTarget,
    options: PoolOptions,
  ) {
    this.#limit = options.connectionLimit
    this.#acquireLimitMs = options.acquireLimitMs ?? 10_000
    this.#connectionOptions = {
      connectTimeoutMs: options.connectTimeoutMs ?? 5000,
      statementLimitMs: options.statementLimitMs,
    }
  }

  async use<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const connection = (await this.#acquire()) ?? (await this.#open())
    this.#busy.add(connection)
    try {
      return await work(connection)
    } finally {
      await this.#giveBack(connection)
    }
  }

  discardAll(): void {
    this.#current = new WeakSet()
    const idle = this.#idle
    this.#idle = []
    this.#count -= idle.length
    for (const connection of idle) void connection.close()
    for (const opening of this.#opening) opening.abort()
    this.#serveWaiters()
  }

  destroyAll(): void {
    this.discardAll()
    for (const connection of this.#busy) connection.destroy()
  }

  async close(): Promise<void> {
    this.#closed = true
    const refusal = this.#unavailable('the pool is closed')
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(refusal)
    for (const opening of this.#opening) opening.abort()
    const idle = this.#idle.splice(0)
    this.#count -= idle.length
    await Promise.all(idle.map((connection) => connection.close()))
    if (this.#count === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.#busy) connection.destroy()
        resolve()
      }, closeLimitMs)
      this.#onEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** An idle connection, or null: the slot of a new one is taken and the caller opens it. */
  #acquire(): Promise<SqlConnection | null> {
    if (this.#closed) return Promise.reject(this.#unavailable('the pool is closed'))
    const idle = this.#idle.pop()
    if (idle) return Promise.resolve(idle)
    if (this.#takeSlot()) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        grant: (connection) => {
          clearTimeout(timer)
          resolve(connection)
        },
        refuse: (reason) => {
          clearTimeout(timer)
          reject(reason)
        },
      }
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        reject(this.#unavailable(`all ${this.#limit} connections were busy for ${this.#acquireLimitMs} ms`))
      }, this.#acquireLimitMs)
      this.#waiters.push(waiter)
    })
  }

  async #open(): Promise<SqlConnection> {
    const opening = new AbortController()
    this.#opening.add(opening)
    try {
      const { signal } = opening
      const connection = await openConnection(this.target, { ...this.#connectionOptions, signal })
      if (signal.aborted || this.#closed) {
        void connection.close()
        throw cancelled()
      }
      this.#current.add(connection)
      connection.onClose(() => this.#forgetIdle(connection))
      return connection
    } catch (error) {
      this.#freeSlot()
      throw opening.signal.aborted || this.#closed
        ? this.#unavailable('it was left while the connection was opened')
        : error
    } finally {
      this.#opening.delete(opening)
      this.#openingCount--
      this.#serveWaiters()
    }
  }

  async #giveBack(connection: SqlConnection): Promise<void> {
    if (connection.inTransaction && connection.usable)
      await connection.rollback().catch(() => connection.destroy())
    this.#busy.delete(connection)
    if (connection.usable && !this.#closed && this.#current.has(connection)) {
      const waiter = this.#waiters.shift()
      if (waiter) waiter.grant(connection)
      else this.#idle.push(connection)
      return
    }
    if (connection.usable) void connection.close()
    this.#freeSlot()
  }

  #forgetIdle(connection: SqlConnection): void {
    const index = this.#idle.indexOf(connection)
    if (index < 0) return
    this.#idle.splice(index, 1)
    this.#freeSlot()
  }

  #freeSlot(): void {
    this.#count--
    this.#serveWaiters()
    if (this.#count === 0) this.#onEmpty?.()
  }

  #serveWaiters(): void {
    while (this.#waiters.length > 0 && this.#takeSlot()) this.#waiters.shift()?.grant(null)
  }

  /** The right to open a session. */
  #takeSlot(): boolean {
    if (this.#count >= this.#limit || this.#openingCount >= openingMax) return false
    this.#count++
    this.#openingCount++
    return true
  }

  #unavailable(why: string): Error {
    return corelabError('DATABASE_UNREACHABLE', {
      message: `no connection to ${describeTarget(this.target)}: ${why}`,
      fix: ['corelab status'],
    })
  }
}
