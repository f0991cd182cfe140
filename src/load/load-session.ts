import type { OperationOutcome } from './operation-outcome.js'

/**
 * One client of a load run. It has one operation under way at a time. A callback, not a promise, because fast drivers
 * finish a hundred thousand operations per second.
 */
export interface LoadSession {
  /**
   * Starts one operation and calls `done` once when it ended, whatever happened. Never throws. A session with several
   * kinds of operation says which one it was: an index into the classes of its workload, 0 without it.
   */
  run(done: (outcome: OperationOutcome, operationClass?: number) => void): void
  /** Called once, after the last operation ended or was given up. Never rejects. */
  close(): Promise<void>
}
