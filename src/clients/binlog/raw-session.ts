import type { Socket } from 'node:net'
import type mysql from 'mysql2'
import { corelabError, reasonOf } from '../../kit/errors.js'
import { type ConnectionOptions, describeTarget, logIn, type MysqlTarget } from '../mysql/connection.js'
import { mysqlErrno, statementRefused } from '../mysql/outcome.js'

/** Whoever gets the bytes of the socket once statements are over. */
export interface ByteSink {
  /** Where the next bytes are to be put; asked for after each read. Never empty. */
  readonly free: Buffer
  /** `length` bytes were put there. False stops the reading, until `resume`. */
  received(length: number): boolean
}

/**
 * A session of which the driver only does the login and the first statements. Then the socket is ours: it reads into the
 * sink's own buffer, so that no object and no copy is made per read or packet.
 */
export class RawSession {
  #reader: 'driver' | 'answer' | 'sink' = 'driver'
  #answer: Buffer[] = []
  #onAnswer: ((payload: Buffer) => void) | null = null
  #lost: Error | null = null
  #lossListeners: ((reason: Error) => void)[] = []
  #driver: mysql.Connection | null = null
  #socket: Socket | null = null

  private constructor(
    private readonly target: MysqlTarget,
    private readonly sink: ByteSink,
  ) {}

  /** Throws as `openConnection` does. */
  static async open(target: MysqlTarget, options: ConnectionOptions, sink: ByteSink): Promise<RawSession> {
    const session = new RawSession(target, sink)
    const { driver, socket } = await logIn(target, options, {
      buffer: () => sink.free,
      onBytes: (from, length, bytes) => session.#read(from, length, bytes),
    })
    session.#driver = driver
    session.#socket = socket
    driver.on('error', (error: Error) => session.#lose(error))
    socket.once('close', () => session.#lose(new Error('the server closed the connection')))
    return session
  }

  get threadId(): number {
    return this.#driver?.threadId ?? 0
  }

  /** A statement without a place for a secret. Throws DATABASE_REFUSED or DATABASE_UNREACHABLE. */
  query(sql: string): Promise<Record<string, unknown>[]> {
    return this.#whileAlive((resolve, reject) => {
      this.#driver?.query(sql, (error: Error | null, rows: unknown) => {
        if (!error) resolve(Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [])
        else if (mysqlErrno(error) === null) this.#lose(error)
        else {
          const phase = { kind: 'read', sent: true } as const
          reject(statementRefused({ target: describeTarget(this.target), sql, phase, cause: error }))
        }
      })
    })
  }

  /** Sends a packet that is answered by one packet, and gives its payload. Throws DATABASE_UNREACHABLE. */
  exchange(packet: Buffer): Promise<Buffer> {
    return this.#whileAlive((resolve) => {
      this.#reader = 'answer'
      this.#onAnswer = resolve
      this.write(packet)
    })
  }

  /** From now on whatever comes belongs to the sink. */
  handOver(packet: Buffer): void {
    this.#reader = 'sink'
    this.write(packet)
  }

  write(bytes: Buffer): void {
    this.#socket?.write(bytes)
  }

  pause(): void {
    this.#socket?.pause()
  }

  resume(): void {
    this.#socket?.resume()
  }

  /** Drops the socket. The listeners hear `reason`. */
  destroy(reason: Error): void {
    this.#lose(reason)
  }

  /** Called once, at once when it is over already. */
  onLost(listener: (reason: Error) => void): void {
    if (this.#lost) listener(this.#lost)
    else this.#lossListeners.push(listener)
  }

  #read(socket: Socket, length: number, bytes: Uint8Array): boolean {
    if (this.#reader === 'sink') return this.sink.received(length)
    // The driver keeps what it gets, and the buffer is used again.
    const copy = Buffer.from(bytes.subarray(0, length))
    if (this.#reader === 'driver') socket.emit('data', copy)
    else this.#readAnswer(copy)
    return true
  }

  #readAnswer(bytes: Buffer): void {
    this.#answer.push(bytes)
    const all = Buffer.concat(this.#answer)
    if (all.length < 4 || all.length < 4 + all.readUIntLE(0, 3)) return
    this.#answer = []
    this.#reader = 'driver'
    this.#onAnswer?.(all.subarray(4, 4 + all.readUIntLE(0, 3)))
  }

  #whileAlive<T>(work: (resolve: (value: T) => void, reject: (reason: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onLost((cause) => reject(this.#unreachable(cause)))
      if (!this.#lost) work(resolve, reject)
    })
  }

  #unreachable(cause: Error): Error {
    return corelabError('DATABASE_UNREACHABLE', {
      message: `${describeTarget(this.target)} does not answer: ${reasonOf(cause)}`,
      fix: ['corelab status'],
      cause,
    })
  }

  #lose(reason: Error): void {
    if (this.#lost) return
    this.#lost = reason
    this.#socket?.destroy()
    for (const listener of this.#lossListeners) listener(reason)
    this.#lossListeners = []
  }
}
