/** A time in which no client saw an OK. */
export interface OkGap {
  readonly lastOkAtMs: number
  readonly firstOkAtMs: number
}

/** Shorter pauses are not kept: between two OKs there is always one. */
const gapMinMs = 20

/** When this many are kept, the shorter half is forgotten. */
const gapsMax = 2000

/** Remembers when nobody could write, in bounded memory. */
export class OkGaps {
  #gaps: OkGap[] = []
  #lastOkMs: number | null = null

  constructor(private readonly originMs: number) {}

  ok(nowMs: number): void {
    const before = this.#lastOkMs
    this.#lastOkMs = nowMs
    if (before === null || nowMs - before < gapMinMs) return
    this.#gaps.push({ lastOkAtMs: before - this.originMs, firstOkAtMs: nowMs - this.originMs })
    if (this.#gaps.length > gapsMax) this.#gaps = this.#longest(gapsMax / 2)
  }

  /** The longest gap that ended after `atMs`; null when there was none worth keeping. */
  longestAfter(atMs: number): OkGap | null {
    return this.#longest(gapsMax).find((gap) => gap.firstOkAtMs > atMs) ?? null
  }

  #longest(count: number): OkGap[] {
    return [...this.#gaps].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, count)
  }
}

function lengthOf(gap: OkGap): number {
  return gap.firstOkAtMs - gap.lastOkAtMs
}
