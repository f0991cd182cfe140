import type { SessionSlot } from './session-slot.js'

/** Decides when which session begins its next operation. */
export interface Drive {
  begin(startMs: number): void
  /** A session can take its next operation. */
  free(slot: SessionSlot, nowMs: number): void
  /** No further operation begins. */
  stop(nowMs: number): void
}

/** Operations may end without any wait: after so many, timers and sockets get their turn. */
export const yieldEvery = 256
