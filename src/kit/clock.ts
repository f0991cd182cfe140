import { cancelled } from './errors.js'

/** Time is injected: nothing below the CLI floor reads the system clock itself. */
export interface Clock {
  /** Milliseconds since the epoch, for records people read. */
  wallMs(): number
  /** Milliseconds that never go back, with a fraction, for durations. */
  monotonicMs(): number
  /** Resolves after `delayMs`; rejects with `CANCELLED` when the signal aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = Object.freeze({
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled())
      const onAbort = () => {
        clearTimeout(timer)
        reject(cancelled())
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, delayMs)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
})

export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
