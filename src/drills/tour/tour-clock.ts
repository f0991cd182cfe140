import type { Clock } from '../../kit/clock.js'

/** Time as the result tells it: milliseconds since the tour began. */
export interface TourClock {
  readonly startedAtWallMs: number
  /** The tour's zero on the context's monotonic clock. */
  readonly originMs: number
  nowMs(): number
  /** Places a time that another process recorded. Good to a millisecond, as those records are. */
  ofIso(at: string): number
}

export function startTourClock(clock: Clock): TourClock {
  const startedAtWallMs = clock.wallMs()
  const originMs = clock.monotonicMs()
  return {
    startedAtWallMs,
    originMs,
    nowMs: () => clock.monotonicMs() - originMs,
    ofIso: (at) => Date.parse(at) - startedAtWallMs,
  }
}
