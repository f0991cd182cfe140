import type { Clock } from '../../kit/clock.js'
import { type Drive, yieldEvery } from './drive.js'
import type { SessionSlot } from './session-slot.js'

/**
 * Every session begins its next operation when the one before has ended, or a think time later. Sessions join one after
 * the other during the ramp.
 */
export class ClosedDrive implements Drive {
  #stopped = false
  #running = false
  /** Sessions whose operation ended while another one was being begun: taken by the loop that runs, so nothing recurses. */
  readonly #waiting: SessionSlot[] = []

  constructor(
    private readonly slots: readonly SessionSlot[],
    private readonly options: { readonly clock: Clock; readonly thinkMs: number; readonly rampMs: number },
  ) {}

  begin(startMs: number): void {
    const { rampMs } = this.options
    if (rampMs > 0) void this.#ramp(startMs, rampMs)
    else for (const slot of this.slots) this.#start(slot, startMs)
  }

  free(slot: SessionSlot, nowMs: number): void {
    if (this.#stopped) return
    if (this.options.thinkMs > 0) void this.#think(slot)
    else this.#start(slot, nowMs)
  }

  stop(): void {
    this.#stopped = true
    this.#waiting.length = 0
  }

  #start(slot: SessionSlot, nowMs: number): void {
    if (this.#running) {
      this.#waiting.push(slot)
      return
    }
    this.#running = true
    slot.run(nowMs, nowMs)
    this.#running = false
    if (this.#waiting.length > 0) this.#drainWaiting()
  }

  #drainWaiting(): void {
    this.#running = true
    for (let begun = 0; begun < yieldEvery; begun++) {
      const slot = this.#waiting.shift()
      if (slot === undefined) break
      const nowMs = this.options.clock.monotonicMs()
      slot.run(nowMs, nowMs)
    }
    this.#running = false
    if (this.#waiting.length > 0) setImmediate(() => this.#resume())
  }

  #resume(): void {
    if (!this.#running && this.#waiting.length > 0) this.#drainWaiting()
  }

  async #think(slot: SessionSlot): Promise<void> {
    const { clock, thinkMs } = this.options
    await clock.sleep(thinkMs)
    if (!this.#stopped) this.#start(slot, clock.monotonicMs())
  }

  async #ramp(startMs: number, rampMs: number): Promise<void> {
    const { clock } = this.options
    for (const [index, slot] of this.slots.entries()) {
      const joinMs = startMs + (rampMs * index) / this.slots.length
      const waitMs = joinMs - clock.monotonicMs()
      if (waitMs > 0) await clock.sleep(waitMs)
      if (this.#stopped) return
      this.#start(slot, clock.monotonicMs())
    }
  }
}
