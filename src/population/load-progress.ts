import type { Context } from '../kit/context.js'
import { formatBytes } from '../kit/units.js'
import type { PopulationGenerator } from './generator.js'
import type { Loaded } from './load-ledger.js'
import type { RowsSent } from './load-path.js'
import { RateMeter } from './rate-meter.js'

/** The step under which a load shows its progress. */
export const loadStep = 'population.load'

const pointIntervalMs = 250
const progressIntervalMs = 200

/** Counts what was sent, and tells how far and how fast a few times per second. */
export class LoadProgress {
  rows = 0
  #bytes = 0
  #shownMs: number
  readonly #startedMs: number
  readonly #meter: RateMeter
  readonly #rowsBefore: number
  readonly #rowsTotal: number

  constructor(
    generator: PopulationGenerator,
    { before, customers }: { readonly before: Loaded; readonly customers: number },
    private readonly context: Context,
  ) {
    this.#startedMs = context.clock.monotonicMs()
    this.#shownMs = this.#startedMs
    this.#meter = new RateMeter(this.#startedMs, pointIntervalMs)
    this.#rowsBefore = before.customers + before.accounts
    let rows = customers + before.accounts
    for (let row = before.customers; row < customers; row++) rows += generator.accounts.countOf(row)
    this.#rowsTotal = rows
  }

  add(sent: RowsSent): void {
    const nowMs = this.context.clock.monotonicMs()
    this.rows += sent.rows
    this.#bytes += sent.bytes
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
    const left = this.#rowsTotal - this.#rowsBefore - this.rows
    this.context.emit({
      kind: 'step.progress',
      step: loadStep,
      done: this.#rowsBefore + this.rows,
      total: this.#rowsTotal,
      unit: 'rows',
      perSecond: this.#meter.recentRowsPerSecond() || rowsPerSecond,
      etaMs: rowsPerSecond > 0 ? (left / rowsPerSecond) * 1000 : 0,
      note: `${formatBytes(this.#bytes / seconds)}/s`,
    })
  }
}
