import type { HistoryRecorder } from '../../history/recorder.js'
import type { FaultWindow } from '../../model/drill-result.js'
import type { RunClock } from '../stage/run-clock.js'

interface OpenWindow {
  readonly key: string
  readonly title: string
  readonly fromMs: number
  bit: boolean | null
  evidence: string
}

/**
 * The faults of a run: when each was in force, and whether it did anything. Each beginning and end is also a row of
 * the history, at the moment when it took effect.
 */
export class FaultLog {
  readonly #closed: FaultWindow[] = []
  #open: OpenWindow[] = []

  constructor(
    private readonly recorder: HistoryRecorder,
    private readonly clock: RunClock,
  ) {}

  begin(
    key: string,
    fault: { readonly title: string; readonly bit: boolean | null; readonly evidence: string },
  ): void {
    const fromMs = this.clock.nowMs()
    this.recorder.nemesis('fault', { key, title: fault.title })
    this.#open.push({ key, fromMs, ...fault })
  }

  /** Ends every window of that key; more may be known now about what it did. */
  end(key: string, found: { readonly bit?: boolean; readonly evidence?: string } = {}): void {
    const toMs = this.clock.nowMs()
    for (const window of this.#open.filter((each) => each.key === key)) {
      this.recorder.nemesis('fault-over', { key, title: window.title })
      this.#closed.push({
        title: window.title,
        fromMs: window.fromMs,
        toMs,
        bit: found.bit ?? window.bit,
        evidence: found.evidence ?? window.evidence,
      })
    }
    this.#open = this.#open.filter((each) => each.key !== key)
  }

  /** Ends the windows whose keys begin with one of the prefixes. */
  endAll(prefix: string): void {
    for (const { key } of [...this.#open]) if (key.startsWith(prefix)) this.end(key)
  }

  isOpen(key: string): boolean {
    return this.#open.some((each) => each.key === key)
  }

  /** All windows by their beginning; those still open have no end. */
  windows(): readonly FaultWindow[] {
    const open = this.#open.map(({ key: _key, ...window }): FaultWindow => ({ ...window, toMs: null }))
    return [...this.#closed, ...open].sort((left, right) => left.fromMs - right.fromMs)
  }
}
