import { connect as connectSocket, type Socket } from 'node:net'
import { assert } from '../../../kit/assert.js'
import { corelabError, reasonOf } from '../../../kit/errors.js'
import { describeTarget, type MysqlTarget } from '../connection.js'
import { readColumn, type WireCell, type WireColumn } from './columns.js'
import { ExecuteRequest, type WireValue } from './execute-request.js'
import { logInByWire, type PacketPort } from './login.js'
import { ReplyScanner } from './reply-scanner.js'
import { readServerError, ServerError } from './server-error.js'

/** A statement that one session has prepared. */
export interface WireStatement {
  readonly request: ExecuteRequest
  /** Of its result, as last described by the server. */
  readonly columns: WireColumn[]
}

/** The reply to an execution. The object is used again by the next one. */
export interface WireReply {
  /** The server answered with an error. */
  readonly error: ServerError | null
  /** Rows of a result, or rows that a write matched. */
  readonly count: number
  /** The first row, if it was wanted. */
  readonly row: readonly WireCell[] | null
}

/** All sockets of a thread are read into the same memory: what comes is looked at before the next read. */
const received = Buffer.allocUnsafeSlow(64 * 1024)

const comStmtPrepare = 0x16
const comQuit = 0x01
const closeLimitMs = 1000

/**
 * A session that executes prepared statements in the binary protocol, one at a time, and allocates nothing per
 * execution. Replies are scanned, not decoded (see {@link ReplyScanner}).
 */
export class WireConnection {
  #socket: Socket
  #lost: Error | null = null
  #scanner: ReplyScanner | null = null
  #onReply: ((reply: WireReply) => void) | null = null
  #onLost: ((cause: Error) => void) | null = null
  readonly #packets = new PacketQueue()

  private constructor(private readonly target: MysqlTarget) {
    const onread = {
      buffer: received,
      callback: (length: number, bytes: Uint8Array) => {
        this.#hear(length, bytes as Buffer)
        return true
      },
    }
    this.#socket = target.socketPath
      ? connectSocket({ path: target.socketPath, onread })
      : connectSocket({
          host: target.host ?? '127.0.0.1',
          port: target.port ?? 3306,
          noDelay: true,
          onread,
        })
    this.#socket.on('error', (error) => this.#lose(error))
    this.#socket.on('close', () => this.#lose(new Error('the server closed the connection')))
  }

  /** Throws DATABASE_UNREACHABLE or DATABASE_REFUSED. */
  static async open(
    target: MysqlTarget,
    { connectTimeoutMs }: { readonly connectTimeoutMs: number },
  ): Promise<WireConnection> {
    const connection = new WireConnection(target)
    const timer = setTimeout(
      () => connection.#lose(new Error(`no login within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    )
    try {
      const agreed = await logInByWire(connection.#port(), target)
      connection.#scanner = new ReplyScanner(agreed.cachesMetadata)
      return connection
    } catch (error) {
      connection.#lose(error instanceof Error ? error : new Error(reasonOf(error)))
      throw openFailed(target, error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** False once the connection is lost or closed. */
  get usable(): boolean {
    return this.#lost === null
  }

  /** Throws DATABASE_UNREACHABLE or DATABASE_REFUSED. Not while an execution is under way. */
  async prepare(sql: string): Promise<WireStatement> {
    try {
      const port = this.#port()
      port.send(Buffer.concat([Buffer.from([comStmtPrepare]), Buffer.from(sql)]))
      const first = await port.read()
      if (first[0] === 0xff) throw readServerError(first, 0, first.length)
      const columnCount = first.readUInt16LE(5)
      const params = first.readUInt16LE(7)
      for (let param = 0; param < params; param++) await port.read()
      const columns: WireColumn[] = []
      while (columns.length < columnCount) columns.push(readColumn(await port.read(), 0))
      return { request: new ExecuteRequest(first.readUInt32LE(1), params), columns }
    } catch (error) {
      throw openFailed(this.target, error)
    }
  }

  /** Who hears of replies and of the loss of the connection while one is awaited. */
  listen(onReply: (reply: WireReply) => void, onLost: (cause: Error) => void): void {
    this.#onReply = onReply
    this.#onLost = onLost
  }

  /** The reply comes to the listener. Only on a usable connection, and only one at a time. */
  execute(statement: WireStatement, values: readonly WireValue[], wantsRow: boolean): void {
    const scanner = this.#scanner
    assert(scanner !== null && this.#lost === null, 'an execution on a connection that is gone')
    scanner.begin(statement.columns, wantsRow)
    this.#socket.write(statement.request.stamp(values))
  }

  /** Says goodbye and waits, within a limit, until the socket is closed. Never rejects. */
  close(): Promise<void> {
    if (this.#lost) return Promise.resolve()
    this.#onLost = null
    this.#lost = new Error('the connection was closed by us')
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), closeLimitMs)
      this.#socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      this.#socket.end(Buffer.from([1, 0, 0, 0, comQuit]))
    })
  }

  #hear(length: number, bytes: Buffer): void {
    const scanner = this.#scanner
    if (scanner === null || this.#packets.awaited) this.#packets.feed(bytes.subarray(0, length))
    else if (scanner.feed(bytes, length)) this.#onReply?.(scanner)
  }

  #lose(cause: Error): void {
    if (this.#lost) return
    this.#lost = cause
    this.#socket.destroy()
    this.#packets.fail(cause)
    this.#onLost?.(cause)
  }

  /** For log-in and preparing, where speed does not matter. */
  #port(): PacketPort {
    this.#packets.restart()
    return {
      read: () => this.#packets.next(),
      send: (payload) => {
        const head = Buffer.alloc(4)
        head.writeUIntLE(payload.length, 0, 3)
        head[3] = this.#packets.nextSequence
        this.#socket.write(Buffer.concat([head, payload]))
      },
    }
  }
}

/** Cuts bytes into packets and hands them out one by one. */
class PacketQueue {
  nextSequence = 0
  #bytes: Buffer = Buffer.alloc(0)
  #failure: Error | null = null
  #waiting: { readonly resolve: (packet: Buffer) => void; readonly reject: (error: Error) => void } | null =
    null

  get awaited(): boolean {
    return this.#waiting !== null || this.#bytes.length > 0
  }

  restart(): void {
    this.nextSequence = 0
  }

  feed(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    this.#deliver()
  }

  fail(cause: Error): void {
    this.#failure = cause
    this.#waiting?.reject(cause)
    this.#waiting = null
  }

  next(): Promise<Buffer> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#deliver()
    })
  }

  #deliver(): void {
    const bytes = this.#bytes
    if (this.#waiting === null || bytes.length < 4) return
    const end = 4 + bytes.readUIntLE(0, 3)
    if (bytes.length < end) return
    const { resolve } = this.#waiting
    this.#waiting = null
    this.nextSequence = ((bytes[3] as number) + 1) & 0xff
    this.#bytes = bytes.subarray(end)
    resolve(bytes.subarray(4, end))
  }
}

/** Too many connections, host blocked, shutting down: the node is there but cannot serve now. */
const busyErrors: ReadonlySet<number> = new Set([1040, 1053, 1129, 1203])

function openFailed(target: MysqlTarget, cause: unknown): Error {
  const who = describeTarget(target)
  const refused = cause instanceof ServerError && !busyErrors.has(cause.errno)
  return corelabError(refused ? 'DATABASE_REFUSED' : 'DATABASE_UNREACHABLE', {
    message: refused ? `${who}: ${reasonOf(cause)}` : `${who} cannot be reached: ${reasonOf(cause)}`,
    fix: ['corelab status'],
    cause,
  })
}
