import type { Clock } from '../../kit/clock.js'
import type { LogEnd, NodeAddress, QlinkLink } from '../../model/qlink.js'
import type { QlinkEvent } from '../../protocol/qlink/state.js'
import { LeaderLink } from './leader-link.js'
import type { LogWriter } from './log/log-writer.js'
import type { LeaderPosition } from './log/write-group.js'

export interface LeaderLineOptions {
  readonly engine: 'mariadb' | 'mysql'
  readonly password: string
  readonly clock: Clock
  readonly say: (line: string) => void
  readonly tell: (event: QlinkEvent) => void
}

/**
 * The way to whoever is leader: one link after the other, and where the durable end of the log is in the leader's own
 * terms, in which it is acknowledged.
 */
export class LeaderLine {
  links = 0
  acks = 0
  #link: LeaderLink | null = null
  #error: string | null = null
  #heardAtMs: number | null = null
  /** Where the durable end is at the leader; null before anything became durable on this link. */
  #durable: { readonly end: LogEnd; readonly at: LeaderPosition } | null = null
  /** While a heartbeat is looked at: the end of everything that the leader has. */
  #caughtUpAt: LeaderPosition | null = null

  constructor(private readonly options: LeaderLineOptions) {}

  get facts(): Pick<QlinkLink, 'heardAgoMs' | 'error'> {
    const { clock } = this.options
    const heardAgoMs = this.#heardAtMs === null ? null : Math.round(clock.monotonicMs() - this.#heardAtMs)
    return { heardAgoMs, error: this.#error }
  }

  open(
    writer: LogWriter,
    order: {
      readonly link: number
      readonly leader: NodeAddress
      readonly from: string
      readonly epoch: number
    },
  ): void {
    const { link, leader, from, epoch } = order
    const { engine, password, clock, say, tell } = this.options
    this.links++
    this.#durable = null
    const opened = new LeaderLink({
      leader,
      from,
      epoch,
      writer,
      engine,
      password,
      listener: {
        onLinked: () => {
          say(`receives from ${leader.node}, epoch ${epoch}, what comes after ${from || 'the beginning'}`)
          this.#error = null
          tell({ kind: 'linked', link })
        },
        onReceived: () => tell({ kind: 'received', link, end: writer.received }),
        onHeard: () => {
          this.#heardAtMs = clock.monotonicMs()
        },
        onCaughtUp: (at) => {
          // Without this, what was durable before the link began would never be acknowledged on it.
          this.#caughtUpAt = writer.isSettled ? at : null
          tell({ kind: 'caught-up', link })
          this.#caughtUpAt = null
        },
        onUnlinked: (reason) => {
          if (this.#link === opened) this.#link = null
          if (reason !== null && reason !== this.#error) say(`does not receive: ${reason}`)
          this.#error = reason
          tell({ kind: 'unlinked', link, nowMs: clock.monotonicMs() })
        },
      },
    })
    this.#link = opened
  }

  /** The log is durable up to `end`, which is there at the leader. */
  becameDurable(end: LogEnd, at: LeaderPosition | null): void {
    this.#durable = at && { end, at }
  }

  /** Everything up to `upTo` is durable. What is durable only since then waits for its own acknowledgement. */
  acknowledge(upTo: LogEnd): void {
    const at = this.#caughtUpAt ?? (this.#durable?.end === upTo ? this.#durable.at : null)
    if (at === null) return
    this.acks++
    this.#link?.acknowledge(at)
  }

  setPaused(paused: boolean): void {
    this.#link?.setPaused(paused)
  }

  close(): void {
    this.#link?.close()
  }
}
