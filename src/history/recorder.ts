import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
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

/** Starts a new history file; an old one of that name is replaced. Throws what the file system says. */
export function openHistory(path: string, options: { readonly clock: Clock }): HistoryRecorder {
  mkdirSync(dirname(path), { recursive: true })
  return new FileRecorder(openSync(path, 'w'), options.clock)
}

/** Lines are written in blocks of this size, synchronously: order and memory are bounded by construction. */
const blockBytes = 64 * 1024

/** A crash of this process loses at most what was recorded since the last block, or in this time. */
const flushAfterMs = 500

class FileRecorder implements HistoryRecorder {
  events = 0
  #processes = 0
  #lines: string[] = []
  #bufferedBytes = 0
  #flushedAtMs: number
  #failure: unknown = null
  #closed = false

  constructor(
    private readonly descriptor: number,
    private readonly clock: Clock,
  ) {
    this.#flushedAtMs = clock.monotonicMs()
  }

  newProcess(): number {
    return this.#processes++
  }

  invoke(process: number, f: string, value: unknown): void {
    this.#append({ process, type: 'invoke', f, value })
  }

  complete(process: number, end: OperationEnd): number {
    this.#append({ process, ...end })
    return end.type === 'info' ? this.newProcess() : process
  }

  nemesis(f: string, value: unknown): void {
    this.#append({ process: 'nemesis', type: 'info', f, value })
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#flush(this.clock.monotonicMs())
      this.#closed = true
      closeSync(this.descriptor)
    }
    if (this.#failure) throw this.#failure
  }

  #append(event: Omit<HistoryEvent, 'index' | 'time'>): void {
    // A client may end after the history was closed, when it was given up on.
    if (this.#closed || this.#failure) return
    const nowMs = this.clock.monotonicMs()
    const time = Math.round(nowMs * 1_000_000).toString()
    const line = `${JSON.stringify({ index: this.events++, ...event, time } satisfies HistoryEvent)}\n`
    this.#lines.push(line)
    this.#bufferedBytes += line.length
    if (this.#bufferedBytes >= blockBytes || nowMs - this.#flushedAtMs >= flushAfterMs) this.#flush(nowMs)
  }

  /** A write error is kept for `close`: the load goes on, and the run is not judged by a history with holes. */
  #flush(nowMs: number): void {
    const block = Buffer.from(this.#lines.join(''), 'utf8')
    this.#lines = []
    this.#bufferedBytes = 0
    this.#flushedAtMs = nowMs
    try {
      for (let at = 0; at < block.length; ) at += writeSync(this.descriptor, block, at)
    } catch (error) {
      this.#failure = error
    }
  }
}
