import { CorelabError, corelabError, reasonOf } from '../../kit/errors.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import { dialectOf } from '../dialects/dialect-of.js'
import type { SqlConnection } from '../mysql/connection.js'
import { mysqlErrno } from '../mysql/outcome.js'
import { BinlogDamage, checksumLength, NotReplayable } from './event.js'
import type { BinlogFormat } from './format-description.js'
import { type GtidTracker, trackGtids } from './gtid-tracker.js'
import { lockReplay, packetBytesMaxOf, unlockReplay } from './replay-session.js'
import { type BinlogSlice, eventsOfSlice, readSliceFormat } from './slice-events.js'
import { TransactionBounds } from './transaction-bounds.js'
import { TransactionReplay } from './transaction-replay.js'

export interface ReplayOptions {
  readonly engine: DatabaseEngine
  /** Ends the replay; what was applied until then is a prefix. */
  readonly signal?: AbortSignal | undefined
}

export interface ReplayResult {
  readonly applied: number
  /** Transactions that the node had already. */
  readonly skipped: number
  /** The node's position afterwards. */
  readonly position: string
}

/**
 * Applies raw transactions on a node, in order and with their original GTIDs; those that the node has are left out. The
 * session must be one of an account that may replay (BINLOG REPLAY, or REPLICATION_APPLIER of MySQL) and write on a read-only
 * node; its session variables are changed. What is applied goes into the node's own binlog, for its replicas.
 *
 * Commits one transaction after the other, so whatever interrupts it leaves a prefix, and the same call goes on from there.
 * That the slices reach back to the node's position is up to the caller.
 *
 * Throws BINLOG_REPLAY_FAILED (names the transaction, its place, and the server's error), BINLOG_DAMAGED, CANCELLED, and
 * DATABASE_UNREACHABLE or WRITE_OUTCOME_UNKNOWN when the node goes away.
 */
export async function replayTransactions(
  connection: SqlConnection,
  slices: readonly BinlogSlice[],
  options: ReplayOptions,
): Promise<ReplayResult> {
  await lockReplay(connection)
  try {
    return await replayAlone(connection, slices, options)
  } finally {
    // A session that is gone has released it.
    await unlockReplay(connection).catch(() => undefined)
  }
}

async function replayAlone(
  connection: SqlConnection,
  slices: readonly BinlogSlice[],
  options: ReplayOptions,
): Promise<ReplayResult> {
  const { engine } = options
  const dialect = dialectOf(engine)
  const before = await dialect.position(connection)
  const position = trackGtids(engine, before)
  const packetBytesMax = await packetBytesMaxOf(connection)
  const replay = new TransactionReplay(connection, { engine, packetBytesMax })
  const run = new Replay(replay, position, dialect.lastGtidsOf(before), options)
  await replay.begin()
  for (const slice of slices) await run.applySlice(slice)
  await replay.end()
  return Object.freeze({ applied: run.applied, skipped: run.skipped, position: position.text() })
}

class Replay {
  applied = 0
  skipped = 0
  readonly #bounds = new TransactionBounds()
  /** That of the slice, and the one that the node was told last. */
  #format: BinlogFormat | null = null
  #told: BinlogFormat | null = null
  #skips = false

  constructor(
    private readonly replay: TransactionReplay,
    private readonly position: GtidTracker,
    /** The last transactions of the node. */
    private readonly ends: readonly string[],
    private readonly options: ReplayOptions,
  ) {}

  async applySlice(slice: BinlogSlice): Promise<void> {
    let offset = slice.offset
    try {
      this.#format = await readSliceFormat(slice.path)
      for await (const event of eventsOfSlice(slice, this.options.signal)) {
        offset = event.offset
        await this.#applyEvent(event.bytes)
      }
      if (this.#bounds.open) throw new BinlogDamage(`the slice ends inside of ${this.#bounds.gtid}`)
    } catch (error) {
      throw await this.#failed(error, `${slice.path} at ${offset}`)
    }
  }

  async #applyEvent(event: Buffer): Promise<void> {
    const wasOpen = this.#bounds.open
    const place = this.#bounds.take(event, 0, event.length - checksumLength)
    if (place === 'outside') return
    if (!wasOpen) {
      this.#skips = this.position.has(this.#bounds.gtid)
      if (!this.#skips) await this.#open(event)
    } else if (!this.#skips) await this.replay.apply(event)
    if (place === 'inside') return
    if (this.#skips) {
      this.skipped++
      this.#requireSameHistory()
    } else {
      this.applied++
      this.position.add(this.#bounds.gtid)
    }
  }

  async #open(gtidEvent: Buffer): Promise<void> {
    if (this.#format && this.#format !== this.#told) await this.replay.readAs(this.#format)
    this.#told = this.#format
    await this.replay.open(gtidEvent, this.#bounds)
  }

  /** Two histories that differ before this place agree on the number, not on who wrote it. */
  #requireSameHistory(): void {
    const { gtid, domain, sequence } = this.#bounds
    const other = this.ends.find(
      (end) => end !== gtid && end.startsWith(`${domain}-`) && end.endsWith(`-${sequence}`),
    )
    if (other !== undefined)
      throw new NotReplayable(`the node has ${other} in its place: its history is another one`)
  }

  async #failed(error: unknown, place: string): Promise<unknown> {
    if (error instanceof BinlogDamage)
      return corelabError('BINLOG_DAMAGED', { message: `${place}: ${error.message}` })
    if (!(error instanceof NotReplayable) && mysqlErrno(error) === null) return error
    // Best effort: the session is not to keep locks. It is no use any more either way.
    await this.replay.rollBack().catch(() => undefined)
    return corelabError('BINLOG_REPLAY_FAILED', {
      message: `transaction ${this.#bounds.gtid} (${place}) cannot be applied: ${reasonOf(error)}`,
      detail: error instanceof CorelabError ? (error.detail ?? undefined) : undefined,
      cause: error,
    })
  }
}
