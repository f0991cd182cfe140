import type { BinlogBatch, BinlogCloseReason, BinlogListener } from '../../clients/binlog/binlog-listener.js'
import type { BinlogStream } from '../../clients/binlog/binlog-stream.js'
import { openBinlogStream } from '../../clients/binlog/binlog-stream.js'
import type { BinlogFormat } from '../../clients/binlog/format-description.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { isCancelled, reasonOf } from '../../kit/errors.js'
import type { NodeAddress } from '../../model/qlink.js'
import type { LogWriter } from './log/log-writer.js'
import type { LeaderPosition } from './log/write-group.js'

export interface LeaderLinkOptions {
  readonly leader: NodeAddress
  /** GTID position of the log's durable end. */
  readonly from: string
  readonly epoch: number
  readonly writer: LogWriter
  readonly engine: 'mariadb' | 'mysql'
  readonly password: string
  readonly listener: LeaderLinkListener
}

export interface LeaderLinkListener {
  onLinked(): void
  /** Whole transactions were appended to the log. */
  onReceived(): void
  /** Any packet, heartbeats too. */
  onHeard(): void
  /** The leader has sent everything up to here. */
  onCaughtUp(at: LeaderPosition): void
  /** Once, always. What was incomplete is cut from the log. null: it was closed on purpose. */
  onUnlinked(reason: string | null): void
}

/** Distinct from those of all nodes, 1 to 4. */
const qlinkServerId = 900
/** What MySQL knows it by. */
const qlinkUuid = '00000000-0000-4000-8000-000000000900'
const heartbeatMs = 100
const connectTimeoutMs = 2000
/**
 * A leader that was not heard in so many looks in a row is taken for gone, and connected to anew: a connection whose
 * other end vanished without a word would stay silent for ever. Looks are not made up for when this process itself was
 * late, so a frozen qlink does not mistake itself for a silent leader.
 */
const silentLooksMax = 6
const lookIntervalMs = 500

/** One connection to one leader, as its only semi-synchronous replica: appends to the log what comes. */
export class LeaderLink implements BinlogListener {
  readonly #abort = new AbortController()
  #stream: BinlogStream | null = null
  #ownReason: string | null = null
  #silentLooks = 0
  #paused = false
  #looking: NodeJS.Timeout | null = null
  #ended = false

  constructor(private readonly options: LeaderLinkOptions) {
    options.writer.beginLink(options.epoch)
    void this.#open()
  }

  /** Cumulative; everything up to here is durable. */
  acknowledge({ file, position }: LeaderPosition): void {
    this.#stream?.ack(file, position)
  }

  setPaused(paused: boolean): void {
    this.#paused = paused
    if (paused) this.#stream?.pause()
    else this.#stream?.resume()
  }

  close(): void {
    this.#abort.abort()
    this.#stream?.close()
  }

  onFormat({ event }: BinlogFormat): void {
    if (!this.options.writer.setFormat(event)) this.#giveUp('it changed the format of its binlog')
  }

  onBatch(batch: BinlogBatch): void {
    if (this.#ownReason !== null) return
    if (hasTag(batch)) this.#giveUp('its transactions have tagged GTIDs, which the log cannot hold')
    else if (!this.options.writer.append(batch)) this.#giveUp('it sends again what the log has already')
    else if (batch.count > 0) this.options.listener.onReceived()
  }

  onHeard(): void {
    this.#silentLooks = 0
    this.options.listener.onHeard()
  }

  onCaughtUp(file: string, position: number): void {
    this.options.listener.onCaughtUp({ file, position })
  }

  onClose(reason: BinlogCloseReason): void {
    void this.#end(reason.kind === 'closed' ? this.#ownReason : reason.error.message)
  }

  async #open(): Promise<void> {
    const { leader, from, engine, password, listener } = this.options
    const target = { host: leader.host, port: leader.port, user: databaseAccounts.qlink, password }
    try {
      const stream = await openBinlogStream(
        {
          target,
          engine,
          serverId: qlinkServerId,
          uuid: qlinkUuid,
          from,
          semiSync: true,
          heartbeatMs,
          connectTimeoutMs,
          signal: this.#abort.signal,
        },
        this,
      )
      this.#stream = stream
      if (this.#abort.signal.aborted) return stream.close()
      this.#looking = setInterval(() => this.#look(), lookIntervalMs)
      listener.onLinked()
    } catch (error) {
      await this.#end(isCancelled(error) ? null : reasonOf(error))
    }
  }

  #look(): void {
    if (this.#paused) return
    if (++this.#silentLooks < silentLooksMax) return
    this.#giveUp(`nothing was heard of it for ${silentLooksMax * lookIntervalMs} ms`)
  }

  #giveUp(reason: string): void {
    this.#ownReason = `${this.options.leader.node}: ${reason}`
    this.#stream?.close()
  }

  async #end(reason: string | null): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    if (this.#looking) clearInterval(this.#looking)
    await this.options.writer.cut()
    this.options.listener.onUnlinked(reason)
  }
}

/** MySQL's `uuid:tag:99`, which nobody gets without asking for it (`gtid_next = 'AUTOMATIC:tag'`). */
function hasTag(batch: BinlogBatch): boolean {
  if (batch.count === 0 || batch.source(0) === '') return false
  for (let index = 0; index < batch.count; index++) if (batch.source(index).includes(':')) return true
  return false
}
