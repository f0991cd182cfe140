import { setMaxListeners } from 'node:events'
import type { Context } from '../../kit/context.js'
import type { Outcomes } from '../../model/bench-result.js'
import type { LoadPoint } from '../../model/demo-result.js'
import type { LoadSession } from '../load-session.js'
import type { OperationOutcome } from '../operation-outcome.js'
import { ClosedLoopClient } from './closed-loop-client.js'
import type { LiveResult } from './live-result.js'
import { LoadMeter } from './load-meter.js'
import { type OkGap, OkGaps } from './ok-gaps.js'

export interface ClosedLoopOptions {
  /** Clients, each with one operation under way. */
  readonly connections: number
  readonly openSession: (index: number) => Promise<LoadSession>
  /** Ends the run in order: no further operation starts, and what is under way counts too. */
  readonly stop: AbortSignal
  /** What `atMs` counts from, on the context's monotonic clock. Default: the start of the run. */
  readonly originMs?: number | undefined
  readonly pointIntervalMs?: number | undefined
  readonly backOffMs?: number | undefined
  /** How long operations under way may take after the end. */
  readonly drainLimitMs?: number | undefined
}

/** A load under way that others look at while they do something to the servers. */
export interface ClosedLoopRun {
  /** So far. */
  counters(): Outcomes
  points(): readonly LoadPoint[]
  /** The longest gap between two OKs that ended after `atMs`; null when there was none worth keeping. */
  longestGapAfter(atMs: number): OkGap | null
  /**
   * Resolves with what was measured, also after a cancellation. Rejects with what `openSession` threw, after closing
   * the sessions that had been opened.
   */
  readonly finished: Promise<LiveResult>
}

/**
 * Starts clients in this process that each wait for their answer before they ask again, and returns at once. They go on
 * until they are stopped, and their sessions may be anything: a recorder, a gate, a faulty network. Measured windows, threads
 * and open loops are the engine's (`startLoad`).
 */
export function startClosedLoop(options: ClosedLoopOptions, context: Context): ClosedLoopRun {
  const run = new Run(options, context)
  return {
    counters: () => run.counters(),
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
  /** null until every session is open. */
  #meter: LoadMeter | null = null
  readonly #intervalMs: number
  readonly #originMs: number
  readonly #over = new AbortController()
  /** The caller or the user wants the run to end, or it has failed: no further operation starts. */
  readonly #ended: AbortSignal

  constructor(
    private readonly options: ClosedLoopOptions,
    private readonly context: Context,
  ) {
    this.#originMs = options.originMs ?? context.clock.monotonicMs()
    this.#intervalMs = options.pointIntervalMs ?? defaults.pointIntervalMs
    this.#ended = AbortSignal.any([this.#over.signal, context.signal, options.stop])
    // Each client that waits listens to it: as many as there are connections, which is no leak.
    setMaxListeners(0, this.#ended)
    this.gaps = new OkGaps(this.#originMs)
  }

  counters(): Outcomes {
    return this.#meter?.counters() ?? { ok: 0, failed: 0, unknown: 0 }
  }

  points(): readonly LoadPoint[] {
    return this.#meter?.points(this.context.clock.monotonicMs()) ?? []
  }

  async execute(): Promise<LiveResult> {
    const sessions = await this.#openSessions()
    try {
      return await this.#runClients(sessions)
    } finally {
      this.#over.abort()
      await Promise.all(sessions.map((session) => session.close()))
    }
  }

  async #runClients(sessions: readonly LoadSession[]): Promise<LiveResult> {
    const { clock, signal } = this.context
    const startMs = clock.monotonicMs()
    const meter = new LoadMeter({ originMs: this.#originMs, startMs, intervalMs: this.#intervalMs })
    this.#meter = meter
    const clients = sessions.map((session) => this.#newClient(session, meter))
    for (const client of clients) client.start()
    await aborted(this.#ended)
    const abandoned = await this.#drain(clients)
    const endMs = clock.monotonicMs()
    const durationMs = endMs - startMs
    const counters = meter.counters()
    return {
      ...counters,
      connections: clients.length,
      fromMs: startMs - this.#originMs,
      durationMs,
      okPerSecond: durationMs > 0 ? (counters.ok * 1000) / durationMs : 0,
      errors: meter.errors(),
      latency: meter.latency(),
      pointIntervalMs: this.#intervalMs,
      ...meter.finish(endMs),
      abandoned,
      aborted: signal.aborted,
    }
  }

  #newClient(session: LoadSession, meter: LoadMeter): ClosedLoopClient {
    return new ClosedLoopClient(session, {
      clock: this.context.clock,
      stop: this.#ended,
      backOffMs: this.options.backOffMs ?? defaults.backOffMs,
      record: (outcome: OperationOutcome, latencyMs, nowMs) => {
        if (outcome.kind === 'ok') this.gaps.ok(nowMs)
        meter.record(outcome, latencyMs, nowMs)
      },
    })
  }

  /** Lets operations under way end, within a limit, and returns how many did not. */
  async #drain(clients: readonly ClosedLoopClient[]): Promise<number> {
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

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
