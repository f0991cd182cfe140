import { setMaxListeners } from 'node:events'
import type { Context } from '../kit/context.js'
import type { Outcomes } from '../model/bench-result.js'
import type { LoadPoint } from '../model/demo-result.js'
import { ClosedLoopClient } from './closed-loop-client.js'
import { LoadMeter } from './load-meter.js'
import type { LoadRunResult, OperationOutcome } from './load-run.js'
import type { LoadSession } from './load-session.js'
import { type OkGap, OkGaps } from './ok-gaps.js'

export interface ClosedLoopOptions {
  /** Clients, each with one operation under way. */
  readonly connections: number
  readonly openSession: (index: number) => Promise<LoadSession>
  /** Length of the measured window; null = until `stop`, and then what is under way counts too. */
  readonly durationMs: number | null
  /** Runs before the window and is not measured. Default 0. */
  readonly warmUpMs?: number | undefined
  /** Ends the run in order before its time. */
  readonly stop?: AbortSignal | undefined
  /** What `atMs` counts from, on the context's monotonic clock. Default: the start of the run. */
  readonly originMs?: number | undefined
  readonly pointIntervalMs?: number | undefined
  readonly backOffMs?: number | undefined
  /** How long operations under way may take after the end. */
  readonly drainLimitMs?: number | undefined
}

/** A run under way. */
export interface ClosedLoopRun {
  /** Of the measured window so far. */
  counters(): Outcomes
  points(): readonly LoadPoint[]
  longestGapAfter(atMs: number): OkGap | null
  /**
   * Resolves with what was measured, also after a cancellation. Rejects with what `openSession` threw, after closing
   * the sessions that had been opened.
   */
  readonly finished: Promise<LoadRunResult>
}

/** Whole run, for callers that need nothing meanwhile. */
export function runClosedLoop(options: ClosedLoopOptions, context: Context): Promise<LoadRunResult> {
  return startClosedLoop(options, context).finished
}

/** Starts clients that each wait for their answer before they ask again, and returns at once. */
export function startClosedLoop(options: ClosedLoopOptions, context: Context): ClosedLoopRun {
  const run = new Run(options, context)
  return {
    counters: () => run.meter.counters(),
    points: () => run.points(),
    longestGapAfter: (atMs) => run.gaps.longestAfter(atMs),
    finished: run.execute(),
  }
}

const defaults = { pointIntervalMs: 1000, backOffMs: 20, drainLimitMs: 15_000 }

/** After a cancellation the user does not want to wait. */
const abortedDrainLimitMs = 2000

/** Logins at the same time: servers queue few of them. */
const openAtOnce = 16

class Run {
  readonly gaps: OkGaps
  meter: LoadMeter
  /** Whether operations that end now belong to the window. */
  #measuring = false
  readonly #intervalMs: number
  readonly #originMs: number
  readonly #total = { ok: 0, failed: 0, unknown: 0 }
  readonly #stop = new AbortController()
  /** Time is over, or the caller or the user wants the run to end: no further operation starts. */
  readonly #ended: AbortSignal
  #windowStartMs: number
  #windowEndMs: number

  constructor(
    private readonly options: ClosedLoopOptions,
    private readonly context: Context,
  ) {
    const nowMs = context.clock.monotonicMs()
    this.#originMs = options.originMs ?? nowMs
    this.#intervalMs = options.pointIntervalMs ?? defaults.pointIntervalMs
    this.#windowStartMs = nowMs
    this.#windowEndMs = nowMs
    const { stop } = options
    this.#ended = AbortSignal.any([this.#stop.signal, context.signal, ...(stop ? [stop] : [])])
    // Each client that waits listens to it: as many as there are connections, which is no leak.
    setMaxListeners(0, this.#ended)
    this.gaps = new OkGaps(this.#originMs)
    this.meter = this.#newMeter(nowMs)
  }

  points(): readonly LoadPoint[] {
    return this.meter.points(this.context.clock.monotonicMs())
  }

  async execute(): Promise<LoadRunResult> {
    const sessions = await this.#openSessions()
    const clients = sessions.map((session) => this.#newClient(session))
    try {
      return await this.#runClients(clients)
    } finally {
      this.#stop.abort()
      await Promise.all(sessions.map((session) => session.close()))
    }
  }

  async #runClients(clients: readonly ClosedLoopClient[]): Promise<LoadRunResult> {
    const { warmUpMs = 0, durationMs } = this.options
    if (warmUpMs === 0) this.#startWindow()
    for (const client of clients) client.start()
    if (warmUpMs > 0) {
      await this.#waitUntilOver(warmUpMs)
      this.#startWindow()
    }
    await this.#waitUntilOver(durationMs)
    if (durationMs !== null) this.#endWindow()
    const abandoned = await this.#drain(clients)
    if (durationMs === null) this.#endWindow()
    return this.#result(clients.length, abandoned)
  }

  #startWindow(): void {
    this.#windowStartMs = this.context.clock.monotonicMs()
    this.meter = this.#newMeter(this.#windowStartMs)
    this.#measuring = true
  }

  #endWindow(): void {
    this.#windowEndMs = this.context.clock.monotonicMs()
    this.#measuring = false
  }

  #result(connections: number, abandoned: number): LoadRunResult {
    const durationMs = this.#windowEndMs - this.#windowStartMs
    const counters = this.meter.counters()
    return {
      ...counters,
      connections,
      fromMs: this.#windowStartMs - this.#originMs,
      durationMs,
      okPerSecond: durationMs > 0 ? (counters.ok * 1000) / durationMs : 0,
      errors: this.meter.errors(),
      latency: this.meter.latency(),
      pointIntervalMs: this.#intervalMs,
      ...this.meter.finish(this.#windowEndMs),
      total: { ...this.#total },
      abandoned,
      aborted: this.context.signal.aborted,
    }
  }

  #newMeter(startMs: number): LoadMeter {
    return new LoadMeter({ originMs: this.#originMs, startMs, intervalMs: this.#intervalMs })
  }

  #newClient(session: LoadSession): ClosedLoopClient {
    return new ClosedLoopClient(session, {
      clock: this.context.clock,
      stop: this.#ended,
      backOffMs: this.options.backOffMs ?? defaults.backOffMs,
      record: (outcome, latencyMs, nowMs) => this.#record(outcome, latencyMs, nowMs),
    })
  }

  #record(outcome: OperationOutcome, latencyMs: number, nowMs: number): void {
    this.#total[outcome.kind]++
    if (outcome.kind === 'ok') this.gaps.ok(nowMs)
    if (this.#measuring) this.meter.record(outcome, latencyMs, nowMs)
  }

  /** Returns after `lengthMs`, or earlier when somebody wants the run to end. */
  async #waitUntilOver(lengthMs: number | null): Promise<void> {
    const ended = this.#ended
    if (ended.aborted) return
    if (lengthMs !== null) return this.context.clock.sleep(lengthMs, ended).catch(() => undefined)
    await new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve(), { once: true }))
  }

  /** Lets operations under way end, within a limit, and returns how many did not. */
  async #drain(clients: readonly ClosedLoopClient[]): Promise<number> {
    this.#stop.abort()
    const limitMs = this.context.signal.aborted
      ? abortedDrainLimitMs
      : (this.options.drainLimitMs ?? defaults.drainLimitMs)
    const over = new AbortController()
    const limit = this.context.clock.sleep(limitMs, over.signal).catch(() => undefined)
    let busy = clients.length
    const all = Promise.all(clients.map((client) => client.stopped.then(() => busy--)))
    await Promise.race([all, limit])
    over.abort()
    const abandoned = busy
    for (const client of clients) client.abandon()
    return abandoned
  }

  async #openSessions(): Promise<LoadSession[]> {
    const sessions: LoadSession[] = []
    try {
      while (sessions.length < this.options.connections) {
        const first = sessions.length
        const count = Math.min(openAtOnce, this.options.connections - first)
        const opened = await Promise.allSettled(
          Array.from({ length: count }, (_, index) => this.options.openSession(first + index)),
        )
        sessions.push(...opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])))
        const refused = opened.find((each) => each.status === 'rejected')
        if (refused) throw refused.reason
      }
      return sessions
    } catch (error) {
      await Promise.all(sessions.map((session) => session.close()))
      throw error
    }
  }
}
