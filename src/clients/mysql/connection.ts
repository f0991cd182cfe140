import { connect as connectSocket, type Socket } from 'node:net'
import mysql from 'mysql2'
import { assert } from '../../kit/assert.js'
import { cancelled, corelabError, reasonOf } from '../../kit/errors.js'
import { mysqlErrno, type StatementPhase, statementCut, statementRefused } from './outcome.js'

/** Where and as whom to connect: a unix socket when `socketPath` is given, else loopback TCP. */
export interface MysqlTarget {
  readonly socketPath?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly user: string
  readonly password: string
  readonly database?: string | undefined
}

export interface ConnectionOptions {
  /** From the first byte to the end of the authentication. */
  readonly connectTimeoutMs: number
  /**
   * How long the server may stay silent while a statement is in flight; then the connection is dropped and the
   * statement rejected. Bulk loads and commits that may wait for an acknowledgement set their own. Default 60 s.
   */
  readonly statementLimitMs?: number | undefined
  /** Aborts connecting, not statements. */
  readonly signal?: AbortSignal | undefined
}

export type SqlValue = string | number | bigint | boolean | Buffer | null

/**
 * One session with a database node. One statement at a time; statements are rejected with
 *
 * - `DATABASE_REFUSED`: the server answered with an error (see `mysqlErrno`);
 * - `DATABASE_UNREACHABLE`: the connection is gone and the statement certainly has no lasting effect;
 * - `WRITE_OUTCOME_UNKNOWN`: the connection broke, or the server gave up waiting, after a commit was sent.
 *
 * With `params` a statement is prepared and its values travel in the binary protocol (integers as BIGINT);
 * without, it is sent as text, which is the only way for what cannot be prepared (LOAD DATA, CHANGE MASTER).
 * BIGINT comes back as a number, or as a string when it is not exact as one; DECIMAL and dates as strings.
 */
export interface SqlConnection {
  /** The session's id in the server's process list. */
  readonly threadId: number
  /** False once the connection is lost, closed or destroyed. */
  readonly usable: boolean
  /** Between `begin` and the end of `commit` or `rollback`. */
  readonly inTransaction: boolean
  query<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  execute(sql: string, params?: readonly SqlValue[]): Promise<{ readonly affectedRows: number }>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Says goodbye to the server and waits, within a limit, until the socket is closed. Never rejects. */
  close(): Promise<void>
  /** Drops the socket at once; what is in flight is rejected. */
  destroy(): void
  /** Called once when the connection ends other than by `close` or `destroy`. */
  onClose(listener: (reason: Error) => void): void
}

/** Opens a session. Throws DATABASE_UNREACHABLE, DATABASE_REFUSED (wrong password...) or CANCELLED. */
export async function openConnection(
  target: MysqlTarget,
  options: ConnectionOptions,
): Promise<SqlConnection> {
  const { driver, socket } = await logIn(target, options)
  return new DriverConnection(driver, socket, describeTarget(target), options.statementLimitMs ?? 60_000)
}

/** Reads a socket in the driver's place, into memory of its own. */
export interface SocketReader {
  /** Where the next bytes are to be put; asked for before each read. */
  buffer(): Uint8Array
  /** They are there. As long as the driver is to have them, it is owed a copy as a `data` event of the socket. */
  onBytes(socket: Socket, length: number, bytes: Uint8Array): boolean
}

/**
 * Connects and authenticates, nothing more: for sessions that are not made of statements. Throws as
 * {@link openConnection} does.
 */
export async function logIn(
  target: MysqlTarget,
  options: ConnectionOptions,
  reader?: SocketReader,
): Promise<{ readonly driver: mysql.Connection; readonly socket: Socket }> {
  if (options.signal?.aborted) throw cancelled()
  const onread = reader && {
    buffer: () => reader.buffer(),
    callback: (length: number, bytes: Uint8Array) => reader.onBytes(socket, length, bytes),
  }
  const socket: Socket = target.socketPath
    ? connectSocket({ path: target.socketPath, onread })
    : connectSocket({ host: target.host ?? '127.0.0.1', port: target.port ?? 3306, noDelay: true, onread })
  const driver = mysql.createConnection({
    stream: socket,
    // Only tells the driver that the way is a private one: caching_sha2_password then sends no encrypted password, and
    // MySQL would take none there.
    ...(target.socketPath === undefined ? {} : { socketPath: target.socketPath }),
    user: target.user,
    password: target.password,
    connectTimeout: options.connectTimeoutMs,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: false,
    dateStrings: true,
    // A server must not be able to ask for files of ours.
    flags: ['-LOCAL_FILES'],
    maxPreparedStatements,
    ...(target.database === undefined ? {} : { database: target.database }),
  })
  await handshake(driver, socket, target, options)
  return { driver, socket }
}

/** Quotes a value for a statement that cannot be prepared. */
export function sqlLiteral(value: string | number | bigint): string {
  return typeof value === 'string' ? mysql.escape(value) : value.toString()
}

/** `pay_app@127.0.0.1:25011`, for messages; never with the password. */
export function describeTarget(target: MysqlTarget): string {
  return `${target.user}@${target.socketPath ?? `${target.host ?? '127.0.0.1'}:${target.port ?? 3306}`}`
}

/**
 * Per session. Servers bound the sum over all sessions (`max_prepared_stmt_count`, 16382 by default), and a
 * statement over 16 sub-tables counts 16 times.
 */
const maxPreparedStatements = 128

/** How long `close` waits for the server to hang up. */
const closeLimitMs = 1000

function handshake(
  driver: mysql.Connection,
  socket: Socket,
  target: MysqlTarget,
  { signal }: ConnectionOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown) => {
      signal?.removeEventListener('abort', onAbort)
      if (!error) return resolve()
      // A refused handshake leaves the socket half open; later errors of it concern nobody.
      driver.on('error', ignore)
      socket.destroy()
      reject(error)
    }
    const onAbort = () => settle(cancelled())
    signal?.addEventListener('abort', onAbort, { once: true })
    driver.connect((error) => settle(error && connectFailed(target, error)))
  })
}

function connectFailed(target: MysqlTarget, cause: Error): Error {
  const who = describeTarget(target)
  const refused = mysqlErrno(cause) !== null && !busyErrors.has(mysqlErrno(cause) ?? 0)
  return corelabError(refused ? 'DATABASE_REFUSED' : 'DATABASE_UNREACHABLE', {
    message: refused ? `${who}: ${reasonOf(cause)}` : `${who} cannot be reached: ${reasonOf(cause)}`,
    fix: ['corelab status'],
    cause,
  })
}

/** Too many connections, host blocked, shutting down: the node is there but cannot serve now. */
const busyErrors: ReadonlySet<number> = new Set([1040, 1053, 1129, 1203])

class DriverConnection implements SqlConnection {
  readonly threadId: number
  inTransaction = false
  #lost: Error | null = null
  #inFlight = new Set<(reason: Error) => void>()
  #closeListeners: ((reason: Error) => void)[] = []

  constructor(
    private readonly driver: mysql.Connection,
    private readonly socket: Socket,
    private readonly target: string,
    statementLimitMs: number,
  ) {
    this.threadId = driver.threadId ?? 0
    driver.on('error', (error: Error) => this.#lose(error))
    socket.once('close', () => this.#lose(new Error('the server closed the connection')))
    socket.setTimeout(statementLimitMs, () => {
      // An idle session may stay silent; one with a statement in flight may not.
      if (this.#inFlight.size > 0) this.#lose(new Error(`no answer within ${statementLimitMs} ms`))
    })
  }

  get usable(): boolean {
    return this.#lost === null
  }

  async query<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]> {
    const result = await this.#send(sql, params, this.#phaseOf(sql))
    return Array.isArray(result) ? (result as T[]) : []
  }

  async execute(sql: string, params?: readonly SqlValue[]): Promise<{ readonly affectedRows: number }> {
    const result = await this.#send(sql, params, this.#phaseOf(sql))
    return { affectedRows: Array.isArray(result) ? 0 : result.affectedRows }
  }

  async begin(): Promise<void> {
    assert(!this.inTransaction, 'a transaction is already open on this connection')
    await this.#send('START TRANSACTION', undefined, 'read')
    this.inTransaction = true
  }

  async commit(): Promise<void> {
    await this.#send('COMMIT', undefined, 'commit')
    this.inTransaction = false
  }

  async rollback(): Promise<void> {
    await this.#send('ROLLBACK', undefined, 'open-transaction')
    this.inTransaction = false
  }

  close(): Promise<void> {
    if (this.#lost) return Promise.resolve()
    this.#lost = new Error('the connection was closed by us')
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.socket.destroy(), closeLimitMs)
      this.socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      this.driver.end(ignore)
    })
  }

  destroy(): void {
    this.#closeListeners = []
    this.#lose(new Error('the connection was dropped by us'))
  }

  onClose(listener: (reason: Error) => void): void {
    if (this.#lost) listener(this.#lost)
    else this.#closeListeners.push(listener)
  }

  #phaseOf(sql: string): StatementPhase['kind'] {
    if (this.inTransaction) return 'open-transaction'
    return readsOnly.test(sql) ? 'read' : 'commit'
  }

  #send(
    sql: string,
    params: readonly SqlValue[] | undefined,
    kind: StatementPhase['kind'],
  ): Promise<DriverResult> {
    const failed = { target: this.target, sql }
    return new Promise((resolve, reject) => {
      if (this.#lost)
        return reject(statementCut({ ...failed, phase: { kind, sent: false }, cause: this.#lost }))
      const phase = { kind, sent: true }
      // mysql2 forgets the callback of a statement in some ways a connection can end, so loss is tracked here.
      const onLoss = (cause: Error) => reject(statementCut({ ...failed, phase, cause }))
      this.#inFlight.add(onLoss)
      const onAnswer = (error: Error | null, result: unknown) => {
        this.#inFlight.delete(onLoss)
        if (!error) return resolve(result as DriverResult)
        if (mysqlErrno(error) === null) return this.#lose(error, onLoss)
        reject(statementRefused({ ...failed, phase, cause: error }))
      }
      if (params === undefined) this.driver.query(sql, onAnswer)
      else this.driver.execute(sql, params.map(toBinary), onAnswer)
    })
  }

  #lose(cause: Error, alsoTell?: (reason: Error) => void): void {
    alsoTell?.(cause)
    if (this.#lost) return
    this.#lost = cause
    this.socket.destroy()
    for (const onLoss of this.#inFlight) onLoss(cause)
    this.#inFlight.clear()
    for (const listener of this.#closeListeners) listener(cause)
    this.#closeListeners = []
  }
}

type DriverResult = unknown[] | mysql.ResultSetHeader

const readsOnly = /^\s*(?:select|show|explain|describe|set|use|checksum)\b/i

/** mysql2 sends numbers as DOUBLE; compared with a BIGINT key that is neither exact nor always an index look-up. */
function toBinary(value: SqlValue): SqlValue | mysql.TypedParameterValue {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return mysql.TypedParameter.BIGINT(value)
  return value
}

const ignore = () => undefined
