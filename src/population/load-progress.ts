import type { Context } from '../kit/context.js'
import { formatBytes } from '../kit/units.js'
import type { RowsSent } from './load-path.js'
import { RateMeter } from './rate-meter.js'

/** The step under which a load shows its progress. */
export const loadStep = 'population.load'

const pointIntervalMs = 250
const progressIntervalMs = 200

/**
 * Counts what was sent, and tells how far and how fast a few times per second. How many rows there will be is known only
 * when all are made; the share of the keys that are done says it well enough.
 */
export class LoadProgress {
  rows = 0
  bytes = 0
  #keys = 0
  #shownMs: number
  readonly #startedMs: number
  readonly #meter: RateMeter

  constructor(
    /** Keys of all tables together that this load has to send. */
    private readonly keysTotal: number,
    private readonly context: Context,
  ) {
    this.#startedMs = context.clock.monotonicMs()
    this.#shownMs = this.#startedMs
    this.#meter = new RateMeter(this.#startedMs, pointIntervalMs)
  }

  add(sent: RowsSent): void {
    const nowMs = this.context.clock.monotonicMs()
    this.rows += sent.rows
    this.bytes += sent.bytes
    this.#keys += sent.keys
    this.#meter.add(sent.rows, nowMs)
    if (nowMs - this.#shownMs < progressIntervalMs) return
    this.#shownMs = nowMs
    this.#show(nowMs)
  }

  finish(): RateMeter['points'] {
    const nowMs = this.context.clock.monotonicMs()
    this.#meter.finish(nowMs)
    this.#show(nowMs)
    return this.#meter.points
  }

  #show(nowMs: number): void {
    const seconds = Math.max(0.001, (nowMs - this.#startedMs) / 1000)
    const rowsPerSecond = this.rows / seconds
    const share = Math.min(1, this.#keys / Math.max(1, this.keysTotal))
    const total = share > 0 ? Math.round(this.rows / share) : null
    this.context.emit({
      kind: 'step.progress',
      step: loadStep,
      done: this.rows,
      total,
      unit: 'rows',
      perSecond: this.#meter.recentRowsPerSecond() || rowsPerSecond,
      etaMs: share > 0 ? ((nowMs - this.#startedMs) * (1 - share)) / share : 0,
      note: `${formatBytes(this.bytes / seconds)}/s`,
    })
  }
}
