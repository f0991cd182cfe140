/** Rows per second as points of a plot, and the rate over the last few seconds for people who watch. */
export class RateMeter {
  readonly #points: { atMs: number; rowsPerSecond: number }[] = []
  #intervalRows = 0
  #intervalStartMs: number

  constructor(
    private readonly startMs: number,
    private readonly intervalMs: number,
  ) {
    this.#intervalStartMs = startMs
  }

  /** Points so far; `atMs` is the start of an interval, from the start of the meter. */
  get points(): readonly { readonly atMs: number; readonly rowsPerSecond: number }[] {
    return this.#points
  }

  add(rows: number, nowMs: number): void {
    this.#intervalRows += rows
    if (nowMs - this.#intervalStartMs >= this.intervalMs) this.finish(nowMs)
  }

  /** Closes the interval that is open. */
  finish(nowMs: number): void {
    const lengthMs = nowMs - this.#intervalStartMs
    if (lengthMs <= 0) return
    this.#points.push({
      atMs: this.#intervalStartMs - this.startMs,
      rowsPerSecond: (this.#intervalRows / lengthMs) * 1000,
    })
    this.#intervalRows = 0
    this.#intervalStartMs = nowMs
  }

  /** Mean over the last five finished intervals. */
  recentRowsPerSecond(): number {
    const recent = this.#points.slice(-5)
    if (recent.length === 0) return 0
    return recent.reduce((sum, { rowsPerSecond }) => sum + rowsPerSecond, 0) / recent.length
  }
}
