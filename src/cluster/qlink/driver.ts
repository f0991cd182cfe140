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
import { LeaderLink } from './leader-link.js'
import type { JournalState } from './log/epoch-journal.js'
import type { LogWriterListener } from './log/log-writer.js'
import type { QlinkLog } from './log/qlink-log.js'
import type { LeaderPosition } from './log/write-group.js'
import type { LoopDelay } from './loop-delay.js'
import { ShadowWatch } from './shadow-watch.js'
import type { QlinkCounts } from './status-view.js'
import { newCounts, statusView } from './status-view.js'

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
  readonly #counts: QlinkCounts = newCounts()
  #state: QlinkState = initialQlinkState
  readonly #events: QlinkEvent[] = []
  #stepping = false
  #closed = false
  #log: QlinkLog | null = null
  #startedAt: LogEnd = logStart
  #link: LeaderLink | null = null
  #linkError: string | null = null
  #heardAtMs: number | null = null
  /** Where the durable end of this link is at the leader. */
  #durableAt: LeaderPosition | null = null
  /** While a heartbeat is looked at: the end of everything that the leader has. */
  #caughtUpAt: LeaderPosition | null = null
  #shadowWatch: ShadowWatch | null = null
  #applied: string | null = null
  #lastRequest = 0
  readonly #waiting = new Map<number, (answer: QlinkAnswer) => void>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(private readonly options: QlinkDriverOptions) {}

  get state(): QlinkState {
    return this.#state
  }

  /** For the writer of the log that {@link start} gets. */
  readonly logListener: Omit<LogWriterListener, 'onSegmentEnded'> = {
    onSynced: (end, leader) => {
      this.#counts.syncs++
      this.#durableAt = leader
      this.#tell({ kind: 'synced', end, nowMs: this.#nowMs() })
    },
    onFailed: (reason) => {
      this.options.say(`cannot write: ${reason}`)
      this.#tell({ kind: 'sync-failed', reason, nowMs: this.#nowMs() })
    },
    onFull: (full) => this.#link?.setPaused(full),
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
    const heardAgoMs = this.#heardAtMs === null ? null : Math.round(this.#nowMs() - this.#heardAtMs)
    return statusView(this.#state, {
      link: { heardAgoMs, error: this.#linkError },
      applied: this.#applied,
      loopDelayMs: this.options.loopDelay.worstMs(),
      counts: this.#counts,
      startedAt: this.#startedAt,
    })
  }

  /** Lets what was received become durable and acknowledged, within a limit, and ends. Never rejects. */
  async close(limitMs: number): Promise<void> {
    this.#link?.setPaused(true)
    const { clock } = this.options
    const deadlineMs = clock.monotonicMs() + limitMs
    const isPending = () => this.#state.received.transactions !== this.#state.durable.transactions
    while (isPending() && this.#state.diskError === null && clock.monotonicMs() < deadlineMs)
      await clock.sleep(closePollMs)
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#link?.close()
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
        this.#openLink(effect)
        break
      case 'unlink':
        this.#link?.close()
        break
      case 'sync':
        this.#log?.writer.sync()
        break
      case 'repair':
        void this.#attempt((log) => log.writer.repair(), 'repair-failed', { kind: 'repaired' })
        break
      case 'acknowledge':
        this.#acknowledge(effect.upTo)
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

  #openLink({ link, leader, from }: QlinkEffect & { readonly kind: 'link' }): void {
    if (!this.#log) return
    this.#counts.links++
    this.#durableAt = null
    const { dialect, password } = this.options
    const { writer } = this.#log
    const opened = new LeaderLink({
      leader,
      from,
      epoch: this.#state.epoch,
      writer,
      engine: dialect.engine,
      password,
      listener: {
        onLinked: () => {
          this.options.say(
            `receives from ${leader.node}, epoch ${this.#state.epoch}, from ${from || 'the first'}`,
          )
          this.#linkError = null
          this.#tell({ kind: 'linked', link })
        },
        onReceived: () => this.#tell({ kind: 'received', link, end: writer.received }),
        onHeard: () => {
          this.#heardAtMs = this.#nowMs()
        },
        onCaughtUp: (at) => {
          // Without this, what was durable before this link began would never be acknowledged on it.
          this.#caughtUpAt = writer.isSettled ? at : null
          this.#tell({ kind: 'caught-up', link })
          this.#caughtUpAt = null
        },
        onUnlinked: (reason) => {
          if (this.#link === opened) this.#link = null
          this.#saySeparated(reason)
          this.#tell({ kind: 'unlinked', link, nowMs: this.#nowMs() })
        },
      },
    })
    this.#link = opened
  }

  #acknowledge(upTo: LogEnd): void {
    const isOfThisLink = this.#durableAt !== null && upTo === this.#log?.writer.durable
    const at = this.#caughtUpAt ?? (isOfThisLink ? this.#durableAt : null)
    if (at === null) return
    this.#counts.acks++
    this.#link?.acknowledge(at)
  }

  #saySeparated(reason: string | null): void {
    if (reason !== null && reason !== this.#linkError) this.options.say(`does not receive: ${reason}`)
    this.#linkError = reason
  }

  #wakeAt(atMs: number): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        this.#tell({ kind: 'tick', nowMs: this.#nowMs() })
      },
      Math.max(0, atMs - this.#nowMs()),
    )
    this.#timers.add(timer)
  }

  #notice(before: QlinkState): void {
    const now = this.#state
    if (now.throttled && !before.throttled) this.#counts.throttles++
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
