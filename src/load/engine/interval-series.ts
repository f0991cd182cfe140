import { LogHistogram } from '../../kit/log-histogram.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { type IntervalCounts, intervalMs } from './thread-messages.js'

/** Counts of one second at a time, handed on when the second is over; seconds without any operation too. */
export class IntervalSeries {
  #index = 0
  #endMs = intervalMs
  #ok = 0
  #failed = 0
  #unknown = 0
  readonly #latency = new LogHistogram()

  constructor(private readonly tell: (interval: IntervalCounts) => void) {}

  /** `atMs` from the start of the window; never goes back by more than the second under way. */
  record(kind: OperationOutcome['kind'], latencyUs: number, atMs: number): void {
    if (atMs >= this.#endMs) this.closeUntil(atMs)
    if (kind === 'ok') {
      this.#ok++
      this.#latency.record(latencyUs)
    } else if (kind === 'failed') this.#failed++
    else this.#unknown++
  }

  closeUntil(atMs: number): void {
    while (atMs >= this.#endMs) this.#close()
  }

  /** The rest, after the last whole second. */
  finish(windowMs: number): void {
    this.closeUntil(windowMs)
    if (windowMs > this.#endMs - intervalMs) this.#close()
  }

  #close(): void {
    const { latency, counts } = {
      latency: this.#latency.toData(),
      counts: { ok: this.#ok, failed: this.#failed, unknown: this.#unknown },
    }
    this.tell({ index: this.#index, ...counts, latency })
    this.#index++
    this.#endMs += intervalMs
    this.#ok = 0
    this.#failed = 0
    this.#unknown = 0
    if (latency.count > 0) this.#latency.reset()
  }
}
