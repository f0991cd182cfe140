import type { Dialect } from '../../clients/dialects/dialect.js'
import type { Clock } from '../../kit/clock.js'
import { reasonOf } from '../../kit/errors.js'
import type { LogEnd, QlinkStatus } from '../../model/qlink.js'
import type {
  QlinkAnswer,
  QlinkEffect,
  QlinkEvent,
  QlinkLimits,
  QlinkRequest,
  QlinkState,
} from '../../protocol/qlink/state.js'
import { initialQlinkState, logStart } from '../../protocol/qlink/state.js'
import { stepQlink } from '../../protocol/qlink/step.js'
import { LeaderLine } from './leader-line.js'
import type { JournalState } from './log/epoch-journal.js'
import type { LogWriterListener } from './log/log-writer.js'
import type { QlinkLog } from './log/qlink-log.js'
import type { LoopDelay } from './loop-delay.js'
import { ShadowWatch } from './shadow-watch.js'
import { statusView } from './status-view.js'

export interface QlinkDriverOptions {
  readonly dialect: Dialect
  readonly password: string
  readonly limits: QlinkLimits
  readonly clock: Clock
  readonly loopDelay: LoopDelay
  /** One line for the log file of the process. */
  readonly say: (line: string) => void
  /** Something changed that watchers are told at once. */
  readonly onChange: () => void
}

/** What is asked of the machine, without the number by which its answer is found again. */
export type QlinkAsk = QlinkRequest extends infer Request
  ? Request extends QlinkRequest
    ? Omit<Request, 'request'>
    : never
  : never

/**
 * Performs what the pure machine decides: the journal, the link to the leader, the syncs, the acknowledgements. It adds no
 * decision of its own. The machine is stepped once per batch of the leader and once per sync, never per transaction.
 */
export class QlinkDriver {
  readonly #line: LeaderLine
  #syncs = 0
  #throttles = 0
  #state: QlinkState = initialQlinkState
  readonly #events: QlinkEvent[] = []
  #stepping = false
  #closed = false
  #log: QlinkLog | null = null
  #startedAt: LogEnd = logStart
  #shadowWatch: ShadowWatch | null = null
  #applied: string | null = null
  #lastRequest = 0
  readonly #waiting = new Map<number, (answer: QlinkAnswer) => void>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(private readonly options: QlinkDriverOptions) {
    const { dialect, password, clock, say } = options
    const tell = (event: QlinkEvent) => this.#tell(event)
    this.#line = new LeaderLine({ engine: dialect.engine, password, clock, say, tell })
  }

  get state(): QlinkState {
    return this.#state
  }

  /** For the writer of the log that {@link start} gets. */
  readonly logListener: Omit<LogWriterListener, 'onSegmentEnded'> = {
    onSynced: (end, leader) => {
      this.#syncs++
      this.#line.becameDurable(end, leader)
      this.#tell({ kind: 'synced', end, nowMs: this.#nowMs() })
    },
    onFailed: (reason) => {
      this.options.say(`cannot write: ${reason}`)
      this.#tell({ kind: 'sync-failed', reason, nowMs: this.#nowMs() })
    },
    onFull: (full) => this.#line.setPaused(full),
  }

  /** Goes on where the journal and the log end: with an open epoch, by connecting to its leader. */
  start(log: QlinkLog, journal: JournalState): void {
    this.#log = log
    this.#startedAt = log.writer.durable
    this.#tell({ kind: 'recovered', ...journal, end: log.writer.durable, nowMs: this.#nowMs() })
  }

  ask(ask: QlinkAsk): Promise<QlinkAnswer> {
    const request = ++this.#lastRequest
    return new Promise((resolve) => {
      this.#waiting.set(request, resolve)
      this.#tell({ kind: 'asked', ask: { ...ask, request } as QlinkRequest, nowMs: this.#nowMs() })
    })
  }

  status(): QlinkStatus {
    const { links, acks } = this.#line
    return statusView(this.#state, {
      link: { ...this.#line.facts, furthestBytes: this.#log?.writer.furthestBytes ?? 0 },
      applied: this.#applied,
      loopDelayMs: this.options.loopDelay.worstMs(),
      counts: { links, acks, syncs: this.#syncs, throttles: this.#throttles },
      startedAt: this.#startedAt,
    })
  }

  /** Lets what was received become durable and acknowledged, within a limit, and ends. Never rejects. */
  async close(limitMs: number): Promise<void> {
    this.#line.setPaused(true)
    const { clock } = this.options
    const deadlineMs = clock.monotonicMs() + limitMs
    const isPending = () => this.#state.received.transactions !== this.#state.durable.transactions
    while (isPending() && this.#state.diskError === null && clock.monotonicMs() < deadlineMs)
      await clock.sleep(closePollMs)
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#line.close()
    await this.#shadowWatch?.close()
    await this.#log?.writer.cut()
    await this.#log?.close()
  }

  #tell(event: QlinkEvent): void {
    if (this.#closed) return
    this.#events.push(event)
    if (this.#stepping) return
    this.#stepping = true
    const before = this.#state
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) {
        const { state, effects } = stepQlink(this.#state, next, this.options.limits)
        this.#state = state
        for (const effect of effects) this.#perform(effect)
      }
    } finally {
      this.#stepping = false
    }
    this.#notice(before)
  }

  #perform(effect: QlinkEffect): void {
    switch (effect.kind) {
      case 'journal':
        void this.#attempt((log) => log.journal.append(effect.record), 'journal-failed', {
          kind: 'journaled',
        })
        break
      case 'link':
        if (this.#log) this.#line.open(this.#log.writer, { ...effect, epoch: this.#state.epoch })
        break
      case 'unlink':
        this.#line.close()
        break
      case 'sync':
        this.#log?.writer.sync()
        break
      case 'repair':
        void this.#attempt((log) => log.writer.repair(), 'repair-failed', { kind: 'repaired' })
        break
      case 'acknowledge':
        this.#line.acknowledge(effect.upTo)
        break
      case 'reply':
        this.#waiting.get(effect.request)?.(effect.answer)
        this.#waiting.delete(effect.request)
        break
      case 'wake':
        this.#wakeAt(effect.atMs)
        break
    }
  }

  async #attempt(
    work: (log: QlinkLog) => Promise<void>,
    failed: 'journal-failed' | 'repair-failed',
    done: { readonly kind: 'journaled' | 'repaired' },
  ): Promise<void> {
    try {
      if (this.#log) await work(this.#log)
      this.#tell({ ...done, nowMs: this.#nowMs() })
    } catch (error) {
      this.#tell({ kind: failed, reason: reasonOf(error), nowMs: this.#nowMs() })
    }
  }

  #wakeAt(atMs: number): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        // Timers of Node can fire a part of a millisecond early; the machine would then wait for a tick that never comes.
        this.#tell({ kind: 'tick', nowMs: Math.max(atMs, this.#nowMs()) })
      },
      Math.max(0, Math.ceil(atMs - this.#nowMs())),
    )
    this.#timers.add(timer)
  }

  #notice(before: QlinkState): void {
    const now = this.#state
    if (now.throttled && !before.throttled) this.#throttles++
    if (now.shadow?.address !== before.shadow?.address) this.#watchShadow()
    const isChanged =
      now.phase !== before.phase ||
      now.link.state !== before.link.state ||
      now.diskError !== before.diskError ||
      now.throttled !== before.throttled
    if (isChanged) this.options.onChange()
  }

  #watchShadow(): void {
    void this.#shadowWatch?.close()
    this.#applied = null
    const { dialect, password, clock } = this.options
    const address = this.#state.shadow?.address
    const onApplied = (applied: string | null) => this.#onApplied(applied)
    this.#shadowWatch = address ? new ShadowWatch({ address, dialect, password, clock, onApplied }) : null
  }

  #onApplied(applied: string | null): void {
    this.#applied = applied
    const ahead = this.#state.durable.gtid
    const backlogTransactions =
      applied === null ? null : this.options.dialect.transactionsBetween({ behind: applied, ahead })
    this.#tell({ kind: 'applied', backlogTransactions, nowMs: this.#nowMs() })
    if (applied !== null)
      this.#log?.retire(applied).catch((error) => this.options.say(`cannot remove: ${reasonOf(error)}`))
  }

  #nowMs(): number {
    return this.options.clock.monotonicMs()
  }
}

const closePollMs = 5
