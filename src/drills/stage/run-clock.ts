import type { Clock } from '../../kit/clock.js'

/** Time as the result tells it: milliseconds since the run began. */
export interface RunClock {
  readonly startedAtWallMs: number
  /** The run's zero on the context's monotonic clock. */
  readonly originMs: number
  nowMs(): number
  /** Places a time that another process recorded. Good to a millisecond, as those records are. */
  ofIso(at: string): number
}

export function startRunClock(clock: Clock): RunClock {
  const startedAtWallMs = clock.wallMs()
  const originMs = clock.monotonicMs()
  return {
    startedAtWallMs,
    originMs,
    nowMs: () => clock.monotonicMs() - originMs,
    ofIso: (at) => Date.parse(at) - startedAtWallMs,
  }
}
