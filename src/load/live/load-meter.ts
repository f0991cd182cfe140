import { LogHistogram } from '../../kit/log-histogram.js'
import type { Outcomes } from '../../model/bench-result.js'
import type { LatencySummary, LoadPoint } from '../../model/demo-result.js'
import { latencySummary } from '../latency-summary.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { TimeSeries } from './time-series.js'

/** Error classes beyond this many are counted together: a message with a number in it must not fill the memory. */
const errorClassesMax = 100

/** Counts what a live load does. */
export class LoadMeter {
  readonly #latency = new LogHistogram()
  readonly #series: TimeSeries
  readonly #errors = new Map<string, number>()
  readonly #counters = { ok: 0, failed: 0, unknown: 0 }

  constructor(options: {
    readonly originMs: number
    readonly startMs: number
    readonly intervalMs: number
  }) {
    this.#series = new TimeSeries(options)
  }

  record(outcome: OperationOutcome, latencyMs: number, nowMs: number): void {
    this.#counters[outcome.kind]++
    this.#series.record(outcome.kind, latencyMs, nowMs)
    if (outcome.kind === 'ok') this.#latency.record(Math.round(latencyMs * 1000))
    else this.#countError(outcome.errorClass)
  }

  counters(): Outcomes {
    return { ...this.#counters }
  }

  errors(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#errors)
  }

  latency(): LatencySummary | null {
    return latencySummary(this.#latency)
  }

  points(nowMs: number): readonly LoadPoint[] {
    return this.#series.points(nowMs)
  }

  finish(nowMs: number): { readonly points: readonly LoadPoint[]; readonly pointsDropped: number } {
    return { points: this.#series.finish(nowMs), pointsDropped: this.#series.pointsDropped }
  }

  #countError(errorClass: string): void {
    const known = this.#errors.has(errorClass) || this.#errors.size < errorClassesMax
    const name = known ? errorClass : 'other'
    this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1)
  }
}
