import type { Clock } from '../../kit/clock.js'
import { type Drive, yieldEvery } from './drive.js'
import { ScheduleCursor, type ScheduleOptions } from './schedule.js'
import type { SessionSlot } from './session-slot.js'
import type { ThreadCounts } from './thread-counts.js'

/** Begun later than this after its planned time, an operation counts as late: timers of Node have this grain. */
const lateFromMs = 1

/** At least so often the schedule is looked at. */
const lookMs = 50

/**
 * Operations begin at their planned times on whichever session is free; when none is, they wait, and the wait is in their
 * latency. Free sessions take turns.
 *
 * A second cursor over the same schedule tells what is due, so a backlog of any length takes no memory.
 */
export class OpenDrive implements Drive {
  readonly #next: ScheduleCursor
  readonly #due: ScheduleCursor
  readonly #free: SessionSlot[]
  #freeFirst = 0
  #freeCount: number
  #startMs = 0
  #stopped = true
  #dispatching = false
  #timer = false

  constructor(
    slots: readonly SessionSlot[],
    private readonly options: {
      readonly clock: Clock
      readonly schedule: ScheduleOptions
      readonly lateMaxMs: number | null
      readonly counts: ThreadCounts
      /** Of the start of the run: what is planned in it counts. */
      readonly window: { readonly fromMs: number; readonly toMs: number }
    },
  ) {
    this.#free = [...slots]
    this.#freeCount = slots.length
    this.#next = new ScheduleCursor(options.schedule)
    this.#due = new ScheduleCursor(options.schedule)
  }

  begin(startMs: number): void {
    this.#startMs = startMs
    this.#stopped = false
    this.#dispatch(this.options.clock.monotonicMs())
  }

  free(slot: SessionSlot, nowMs: number): void {
    this.#free[(this.#freeFirst + this.#freeCount) % this.#free.length] = slot
    this.#freeCount++
    if (!this.#dispatching) this.#dispatch(nowMs)
  }

  /** What is due already still begins, if a session is free: the grain of a timer must not cut the schedule short. */
  stop(nowMs: number): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#dispatching = true
    const untilMs = nowMs - this.#startMs
    while (this.#next.nextMs < untilMs && this.#freeCount > 0)
      this.#beginOne(this.options.clock.monotonicMs() - this.#startMs)
    this.#countDue(untilMs)
  }

  /** Begins what is due. Operations that end at once only free their session: the loop here goes on. */
  #dispatch(nowMs: number): void {
    if (this.#stopped) return
    this.#dispatching = true
    let atMs = nowMs - this.#startMs
    let begun = 0
    while (this.#next.nextMs < atMs && this.#freeCount > 0 && begun < yieldEvery) {
      this.#beginOne(atMs)
      begun++
      atMs = this.options.clock.monotonicMs() - this.#startMs
    }
    this.#dispatching = false
    this.#countDue(atMs)
    if (begun === yieldEvery) setImmediate(() => this.#dispatch(this.options.clock.monotonicMs()))
    else if (!this.#timer) void this.#wait(this.#next.nextMs - atMs)
  }

  #beginOne(atMs: number): void {
    const { counts, lateMaxMs, window } = this.options
    const plannedMs = this.#next.nextMs
    this.#next.advance()
    const inWindow = plannedMs >= window.fromMs && plannedMs < window.toMs
    const lateMs = atMs - plannedMs
    if (lateMaxMs !== null && lateMs > lateMaxMs) {
      if (inWindow) counts.scheduled('skipped')
      return
    }
    if (inWindow) counts.scheduled('begunInWindow')
    if (inWindow && lateMs > lateFromMs) counts.scheduled('late')
    const slot = this.#free[this.#freeFirst]
    this.#freeFirst = (this.#freeFirst + 1) % this.#free.length
    this.#freeCount--
    slot?.run(this.#startMs + plannedMs, this.#startMs + atMs)
  }

  #countDue(atMs: number): void {
    const { counts, window } = this.options
    let planned = 0
    while (this.#due.nextMs < atMs) {
      if (this.#due.nextMs >= window.fromMs && this.#due.nextMs < window.toMs) planned++
      this.#due.advance()
    }
    if (planned > 0) counts.scheduled('planned', planned)
    const inWindow = atMs >= window.fromMs && atMs < window.toMs
    if (inWindow) counts.backlog(this.#due.passed - this.#next.passed)
  }

  async #wait(ms: number): Promise<void> {
    this.#timer = true
    await this.options.clock.sleep(Math.min(lookMs, Math.max(1, ms)))
    this.#timer = false
    if (!this.#dispatching) this.#dispatch(this.options.clock.monotonicMs())
  }
}
