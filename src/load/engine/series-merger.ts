import { LogHistogram } from '../../kit/log-histogram.js'
import type { SeriesPoint } from '../../model/bench-result.js'
import { type IntervalCounts, intervalMs } from './thread-messages.js'

/** Four hours of seconds. Older points are dropped, so memory is bounded at any duration. */
const pointsMax = 14_400

/** A last second that was cut shorter than this share of itself is left off: its rate says little. */
const shareMin = 0.5

interface Merged {
  ok: number
  failed: number
  unknown: number
  parts: number
  readonly latency: LogHistogram
}

/** Puts together what the threads tell of each second. */
export class SeriesMerger {
  dropped = 0
  readonly #points: SeriesPoint[] = []
  readonly #open = new Map<number, Merged>()

  constructor(private readonly threads: number) {}

  add({ index, ok, failed, unknown, latency }: IntervalCounts): void {
    const merged = this.#open.get(index) ?? {
      ok: 0,
      failed: 0,
      unknown: 0,
      parts: 0,
      latency: new LogHistogram(),
    }
    merged.ok += ok
    merged.failed += failed
    merged.unknown += unknown
    merged.latency.add(latency)
    merged.parts++
    this.#open.set(index, merged)
    if (merged.parts === this.threads) this.#close(index, merged, intervalMs)
  }

  /** The seconds that are over, of a window that is so long. */
  soFar(windowMs: number): readonly SeriesPoint[] {
    return this.#points.filter(({ atMs, lengthMs }) => atMs + lengthMs <= windowMs)
  }

  /** All points; a second in which a thread had died is one too. */
  finish(windowMs: number): readonly SeriesPoint[] {
    for (const [index, merged] of [...this.#open].sort(([a], [b]) => a - b))
      this.#close(index, merged, intervalMs)
    return this.#points.flatMap((point) => {
      const lengthMs = Math.min(point.lengthMs, windowMs - point.atMs)
      return lengthMs >= intervalMs * shareMin ? [{ ...point, lengthMs }] : []
    })
  }

  #close(index: number, { ok, failed, unknown, latency }: Merged, lengthMs: number): void {
    this.#open.delete(index)
    this.#points.push({
      atMs: index * intervalMs,
      lengthMs,
      ok,
      failed,
      unknown,
      p50Us: latency.percentileUs(50),
      p99Us: latency.percentileUs(99),
      maxUs: latency.percentileUs(100),
    })
    if (this.#points.length <= pointsMax) return
    this.#points.shift()
    this.dropped++
  }
}
