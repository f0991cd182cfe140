import type { OperationOutcome } from './load-run.js'

/**
 * One client of a load run. It has one operation under way at a time. A callback, not a promise, because fast drivers
 * finish a hundred thousand operations per second.
 */
export interface LoadSession {
  /** Starts one operation and calls `done` once when it ended, whatever happened. Never throws. */
  run(done: (outcome: OperationOutcome) => void): void
  /** Called once, after the last operation ended or was given up. Never rejects. */
  close(): Promise<void>
}
