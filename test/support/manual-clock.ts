import type { Clock } from '../../src/kit/clock.js'
import { cancelled } from '../../src/kit/errors.js'

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs = 1000
  #sleepers: { readonly wakeMs: number; readonly wake: () => void }[] = []

  wallMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled())
      signal?.addEventListener('abort', () => reject(cancelled()), { once: true })
      this.#sleepers.push({ wakeMs: this.#nowMs + delayMs, wake: resolve })
    })
  }

  /** Moves the time on, wakes who is due, and lets what they do run. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    const due = this.#sleepers.filter(({ wakeMs }) => wakeMs <= this.#nowMs)
    this.#sleepers = this.#sleepers.filter(({ wakeMs }) => wakeMs > this.#nowMs)
    for (const { wake } of due) wake()
    await settled()
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
