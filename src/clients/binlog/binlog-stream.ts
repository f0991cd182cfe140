import { assert, present } from '../../kit/assert.js'
import { type CorelabError, cancelled, corelabError, reasonOf } from '../../kit/errors.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import { describeTarget, type MysqlTarget } from '../mysql/connection.js'
import type { BinlogCloseReason, BinlogListener } from './binlog-listener.js'
import {
  acknowledgementPacket,
  mariadbDumpPacket,
  mysqlDumpPacket,
  quitPacket,
  registerReplicaPacket,
} from './dump-commands.js'
import { closeReasonOf } from './dump-end.js'
import { DumpReader } from './dump-reader.js'
import { dumpSessionStatements } from './dump-session-statements.js'
import { type ByteSink, RawSession } from './raw-session.js'

export interface BinlogStreamOptions {
  /** The leader; an account with REPLICATION SLAVE. */
  readonly target: MysqlTarget
  readonly engine: DatabaseEngine
  /** Not 0, and no other reader's or server's: a leader ends the older one of two readers with the same id. */
  readonly serverId: number
  /** What MySQL knows a reader by; MariaDB goes by the server id. */
  readonly uuid?: string | undefined
  /**
   * GTID position of the last transaction that is durable here; empty: from the first one ever. Never a later one: to ask
   * for what comes after a transaction is as good as to acknowledge it (hole H9).
   */
  readonly from: string
  readonly semiSync: boolean
  /** How often the leader sends something when there is nothing to send. */
  readonly heartbeatMs: number
  /** For everything up to the first packet of the stream. */
  readonly connectTimeoutMs: number
  /** Aborts the opening, not the stream. */
  readonly signal?: AbortSignal | undefined
}

/** An open stream. Events come to the listener; see {@link BinlogListener}. */
export interface BinlogStream {
  /** The session's id in the leader's process list. */
  readonly threadId: number
  /**
   * Acknowledges everything up to this position of the leader's file. To be called once that is durable, and again with the
   * same values as often as one likes. Without effect on a stream without semi-sync, or one that has ended.
   */
  ack(file: string, position: number): void
  /** Takes nothing from the socket until `resume`; the leader then waits. At most the batch of the present read still comes. */
  pause(): void
  resume(): void
  /** Ends it now; the listener hears `closed` before this returns. */
  close(): void
}

/**
 * Follows a database node's binlog as a replica does, by GTID. Resolves once the leader has begun to send; nothing is told
 * to the listener before the caller has the stream. Throws, and never calls the listener:
 *
 * - BINLOG_REFUSED: no CRC-32 checksums, no semi-sync, or another error of the leader
 * - BINLOG_POSITION_LOST: it answered at once that it does not have `from`; it may also say so later, by `onClose`
 * - DATABASE_UNREACHABLE, DATABASE_REFUSED, CANCELLED
 */
export async function openBinlogStream(
  options: BinlogStreamOptions,
  listener: BinlogListener,
): Promise<BinlogStream> {
  assert(options.serverId > 0, 'a reader of the binlog needs a server id')
  const stream = new Stream(options, listener)
  try {
    await stream.open()
  } catch (error) {
    stream.abandon()
    throw error
  }
  // One turn of the event loop later, so that the caller has the stream before its listener hears of it.
  setImmediate(() => stream.begin())
  return stream
}

class Stream implements BinlogStream, ByteSink {
  readonly #reader: DumpReader
  readonly #leader: string
  #session: RawSession | null = null
  #phase: 'opening' | 'holding' | 'streaming' | 'closed' = 'opening'
  #paused = false
  #onFirstPacket: (() => void) | null = null

  constructor(
    private readonly options: BinlogStreamOptions,
    private readonly listener: BinlogListener,
  ) {
    this.#reader = new DumpReader(listener)
    this.#leader = describeTarget(options.target)
  }

  get threadId(): number {
    return this.#session?.threadId ?? 0
  }

  async open(): Promise<void> {
    const { target, connectTimeoutMs, signal } = this.options
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), connectTimeoutMs)
    const ended = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal
    const onEnded = () => this.#session?.destroy(new Error('it was given up'))
    ended.addEventListener('abort', onEnded, { once: true })
    try {
      this.#session = await RawSession.open(target, { connectTimeoutMs, signal: ended }, this)
      await this.#setUp(this.#session)
    } catch (error) {
      if (signal?.aborted) throw cancelled()
      if (!limit.signal.aborted) throw error
      throw this.#lost(new Error(`it did not begin within ${connectTimeoutMs} ms`))
    } finally {
      clearTimeout(timer)
      ended.removeEventListener('abort', onEnded)
    }
  }

  /** The first bytes are there and were left where they are. */
  begin(): void {
    if (this.#phase !== 'holding') return
    this.#phase = 'streaming'
    this.#session?.onLost((reason) => this.#close({ kind: 'lost', error: this.#lost(reason) }))
    this.#read(() => this.#reader.parse())
    if (!this.#paused) this.#session?.resume()
  }

  abandon(): void {
    this.#phase = 'closed'
    this.#session?.destroy(new Error('the stream was given up'))
  }

  get free(): Buffer {
    return this.#reader.free
  }

  received(length: number): boolean {
    if (this.#phase === 'streaming') {
      this.#read(() => this.#reader.received(length))
      return !this.#paused
    }
    this.#reader.hold(length)
    if (this.#phase !== 'opening' || this.#reader.firstPacket === null) return true
    this.#phase = 'holding'
    this.#onFirstPacket?.()
    return false
  }

  ack(file: string, position: number): void {
    if (this.#phase === 'streaming' && this.options.semiSync)
      this.#session?.write(acknowledgementPacket(file, position))
  }

  pause(): void {
    this.#paused = true
    this.#session?.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#phase === 'streaming') this.#session?.resume()
  }

  close(): void {
    const error = corelabError('CANCELLED', { message: `the stream from ${this.#leader} was closed by us` })
    this.#session?.write(quitPacket)
    this.#close({ kind: 'closed', error })
  }

  async #setUp(session: RawSession): Promise<void> {
    const { engine, uuid = '', from, semiSync, heartbeatMs, serverId } = this.options
    assert(engine === 'mariadb' || uuid !== '', 'MySQL knows a reader by its uuid')
    const [row] = await session.query('SELECT @@global.binlog_checksum AS checksum')
    if (row?.checksum !== 'CRC32')
      throw this.#refused(`it writes its binlog without checksums (binlog_checksum = ${row?.checksum})`)
    const statements = dumpSessionStatements({ engine, uuid, from, semiSync, heartbeatMs })
    for (const sql of statements.beforeRegistration) await session.query(sql)
    const answer = await session.exchange(registerReplicaPacket(serverId))
    if (answer[0] !== okStatus) throw this.#refused(answer.toString('utf8', 9))
    for (const sql of statements.beforeDump) await session.query(sql)
    await this.#startDump(session)
    if (this.#reader.firstPacket === 'end') {
      this.#reader.parse()
      throw closeReasonOf(present(this.#reader.end, 'an end of the dump'), this.#leader).error
    }
    if (semiSync && this.#reader.firstPacket !== 'semi-sync')
      throw this.#refused('it does not do semi-synchronous replication')
  }

  #startDump(session: RawSession): Promise<void> {
    const { engine, from, serverId } = this.options
    return new Promise((resolve, reject) => {
      session.onLost((reason) => reject(this.#lost(reason)))
      this.#onFirstPacket = resolve
      session.handOver(engine === 'mariadb' ? mariadbDumpPacket(serverId) : mysqlDumpPacket(serverId, from))
    })
  }

  #read(read: () => void): void {
    if (this.#phase === 'closed') return
    this.listener.onHeard()
    read()
    if (this.#reader.end !== null) this.#close(closeReasonOf(this.#reader.end, this.#leader))
  }

  #close(reason: BinlogCloseReason): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.#reader.stop()
    this.#session?.destroy(reason.error)
    this.listener.onClose(reason)
  }

  #refused(why: string): CorelabError {
    return corelabError('BINLOG_REFUSED', {
      message: `the binlog of ${this.#leader} cannot be followed: ${why}`,
    })
  }

  #lost(reason: Error): CorelabError {
    return corelabError('DATABASE_UNREACHABLE', {
      message: `the stream from ${this.#leader} broke: ${reasonOf(reason)}`,
      fix: ['corelab status'],
      cause: reason,
    })
  }
}

const okStatus = 0
