import type { Dialect } from '../../clients/dialects/dialect.js'
import type { Clock } from '../../kit/clock.js'
import type { CorelabError } from '../../kit/errors.js'
import { CorelabError as CoreError, corelabError, reasonOf } from '../../kit/errors.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import type { QlinkStatus } from '../../model/qlink.js'
import type { QlinkLimits } from '../../protocol/qlink/state.js'
import { QlinkDriver } from './driver.js'
import type { Disk } from './log/disk.js'
import type { JournalState } from './log/epoch-journal.js'
import { journalStateOf, readEpochJournal } from './log/epoch-journal.js'
import type { LogLimits } from './log/qlink-log.js'
import { QlinkLog } from './log/qlink-log.js'
import { LoopDelay } from './loop-delay.js'
import type { QlinkApi } from './qlink-api.js'
import { serveQlinkApi } from './qlink-api.js'
import { qlinkOrders } from './serve-orders.js'

export interface QlinkOptions {
  /** `data` of the component, which exists. */
  readonly dataDir: string
  readonly socketPath: string
  /** Of the account `corelab_qlink`. */
  readonly password: string
  readonly dialect: Dialect
  readonly disk: Disk
  readonly logLimits: LogLimits
  readonly limits: QlinkLimits
  readonly clock: Clock
  /** One line for the log file of the process. */
  readonly say: (line: string) => void
}

export interface RunningQlink {
  /** Syncs and acknowledges what was received, and ends. */
  close(): Promise<void>
}

/** Between two tries to recover a log on a disk that cannot be written. */
const recoverRetryMs = 500
/** What was received when the process is told to end is synced and acknowledged within this. */
const endLimitMs = 3000

/**
 * Answers at once, recovers the log, and goes on where it ended. While the disk cannot be written it tries again; a log
 * that is damaged is not touched: the process lives, says so, and acknowledges nothing.
 */
export async function startQlink(options: QlinkOptions): Promise<RunningQlink> {
  const qlink = new Qlink(options, journalStateOf((await readEpochJournal(options.dataDir)).records))
  await qlink.serve()
  return qlink
}

class Qlink implements RunningQlink {
  readonly #ending = new AbortController()
  readonly #loopDelay: LoopDelay
  readonly #driver: QlinkDriver
  readonly #recovery: Promise<void>
  #api: QlinkApi | null = null
  #log: QlinkLog | null = null
  /** Why there is no log. */
  #problem: CorelabError | null = null
  #firstTry: Promise<void> | null = null

  constructor(
    private readonly options: QlinkOptions,
    private readonly journal: JournalState,
  ) {
    const { dialect, password, limits, clock, say } = options
    this.#loopDelay = new LoopDelay(clock)
    this.#driver = new QlinkDriver({
      dialect,
      password,
      limits,
      clock,
      loopDelay: this.#loopDelay,
      say,
      onChange: () => this.#api?.push(),
    })
    this.#recovery = this.#recover()
  }

  async serve(): Promise<void> {
    const { socketPath, dialect, password } = this.options
    const orders = qlinkOrders({ driver: this.#driver, log: () => this.#recovered(), dialect, password })
    this.#api = await serveQlinkApi(socketPath, { status: () => this.#status(), orders })
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.#recovery
    await this.#driver.close(endLimitMs)
    this.#api?.close()
    this.#loopDelay.close()
  }

  async #recover(): Promise<void> {
    const { clock } = this.options
    const { signal } = this.#ending
    while (!signal.aborted && this.#log === null && this.#problem?.code !== 'QLINK_LOG_DAMAGED') {
      this.#firstTry ??= this.#tryToRecover()
      await (this.#problem === null ? this.#firstTry : this.#tryToRecover())
      if (this.#problem) await clock.sleep(recoverRetryMs, signal).catch(() => undefined)
    }
  }

  async #tryToRecover(): Promise<void> {
    const { dataDir, disk, dialect, logLimits, clock, say } = this.options
    const startedMs = clock.monotonicMs()
    try {
      const log = await QlinkLog.open({
        disk,
        dataDir,
        engine: dialect.engine,
        limits: logLimits,
        listener: this.#driver.logListener,
        signal: this.#ending.signal,
      })
      const { gtid, transactions } = log.writer.durable
      const cut =
        log.cutBytes > 0 ? `, cut ${formatCount(log.cutBytes)} bytes that were never acknowledged` : ''
      const took = formatDuration(clock.monotonicMs() - startedMs)
      say(
        `log checked in ${took}: ${formatCount(transactions)} transactions, ends at ${gtid || 'its beginning'}${cut}`,
      )
      this.#problem = null
      this.#log = log
      this.#driver.start(log, journalStateOf(log.journal.records))
    } catch (error) {
      this.#note(error)
    }
    this.#api?.push()
  }

  #note(error: unknown): void {
    if (this.#ending.signal.aborted) return
    const problem = error instanceof CoreError ? error : diskFailed(error)
    if (problem.message !== this.#problem?.message) this.options.say(`cannot go on: ${problem.message}`)
    this.#problem = problem
  }

  async #recovered(): Promise<QlinkLog> {
    await this.#firstTry
    if (this.#log) return this.#log
    throw this.#problem ?? diskFailed('the log is not recovered yet')
  }

  /** Before the log is recovered there is no machine: what the journal says is in force all the same. */
  #status(): QlinkStatus {
    const status = this.#driver.status()
    if (this.#log) return status
    const error = this.#problem?.message ?? 'the log is being checked'
    return {
      ...status,
      ...this.journal,
      link: { state: 'down', heardAgoMs: null, furthestBytes: 0, error },
      diskError: this.#problem?.message ?? null,
      logDamaged: this.#problem?.code === 'QLINK_LOG_DAMAGED',
    }
  }
}

function diskFailed(cause: unknown): CorelabError {
  return corelabError('QLINK_DISK_FAILED', {
    message: `qlink cannot read or write its log: ${reasonOf(cause)}`,
    fix: ['corelab qlink status', 'df -h'],
    cause,
  })
}
