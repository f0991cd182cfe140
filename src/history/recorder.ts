import type { Clock } from '../kit/clock.js'
import type { HistoryEvent } from '../model/history-event.js'

/** Writes what clients invoke and see, in order, as JSON Lines. */
export interface HistoryRecorder {
  /** A fresh logical process: one client that does one thing at a time. */
  newProcess(): number
  invoke(process: number, f: string, value: unknown): void
  /**
   * Records the end of what `process` invoked and returns the process to go on with: a fresh one after `info`,
   * because the old one may still be acting.
   */
  complete(process: number, end: OperationEnd): number
  /** A fault or another act of the test itself. */
  nemesis(f: string, value: unknown): void
  /** Events recorded so far. */
  readonly events: number
  /** Writes out what is buffered. Idempotent. Throws the first write error, if there was one. */
  close(): Promise<void>
}

export interface OperationEnd {
  readonly type: 'ok' | 'fail' | 'info'
  readonly f: string
  readonly value: unknown
  readonly error?: string
}

/** Starts a new history file; an old one of that name is replaced. */
export function openHistory(_path: string, _options: { readonly clock: Clock }): HistoryRecorder {
  throw new Error(`not built yet: ${'' as HistoryEvent['type']}`)
}
