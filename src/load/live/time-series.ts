import { LogHistogram } from '../../kit/log-histogram.js'
import type { LoadPoint } from '../../model/demo-result.js'
import { percentileMs } from '../latency-summary.js'
import type { OperationOutcome } from '../operation-outcome.js'

/** Four hours of seconds. Older points are dropped, so memory is bounded at any duration. */
const pointsMax = 14_400

/** Rates and latencies per interval. An interval in which nothing ended is a point with zeros, not a hole. */
export class TimeSeries {
  readonly #points: LoadPoint[] = []
  readonly #latency = new LogHistogram()
  #dropped = 0
  #startMs: number
  #ok = 0
  #failed = 0
  #unknown = 0

  /** `startMs` is on the clock of `nowMs`; points tell it relative to `originMs`. */
  constructor(
    private readonly options: {
      readonly originMs: number
      readonly startMs: number
      readonly intervalMs: number
    },
  ) {
    this.#startMs = options.startMs
  }

  get pointsDropped(): number {
    return this.#dropped
  }

  record(kind: OperationOutcome['kind'], latencyMs: number, nowMs: number): void {
    this.#closeUntil(nowMs)
    if (kind === 'ok') {
      this.#ok++
      this.#latency.record(Math.round(latencyMs * 1000))
    } else if (kind === 'failed') this.#failed++
    else this.#unknown++
  }

  /** All whole intervals up to now. */
  points(nowMs: number): readonly LoadPoint[] {
    this.#closeUntil(nowMs)
    return this.#points
  }

  /** All points; a last interval that was cut short is one if it lasted for at least half its length. */
  finish(nowMs: number): readonly LoadPoint[] {
    this.#closeUntil(nowMs)
    const lengthMs = nowMs - this.#startMs
    if (lengthMs >= this.options.intervalMs / 2) this.#close(lengthMs)
    return this.#points
  }

  #closeUntil(nowMs: number): void {
    while (nowMs - this.#startMs >= this.options.intervalMs) this.#close(this.options.intervalMs)
  }

  #close(lengthMs: number): void {
    const perSecond = (count: number) => (count * 1000) / lengthMs
    this.#points.push({
      atMs: this.#startMs - this.options.originMs,
      okPerSecond: perSecond(this.#ok),
      failedPerSecond: perSecond(this.#failed),
      unknownPerSecond: perSecond(this.#unknown),
      p50Ms: percentileMs(this.#latency, 50),
      p99Ms: percentileMs(this.#latency, 99),
    })
    this.#startMs += lengthMs
    this.#ok = 0
    this.#failed = 0
    this.#unknown = 0
    this.#latency.reset()
    if (this.#points.length <= pointsMax) return
    this.#points.shift()
    this.#dropped++
  }
}
