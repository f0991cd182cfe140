import { isoTime } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { CorelabError } from '../../kit/errors.js'
import type { Outcomes } from '../../model/bench-result.js'
import type { LoadPlan } from './load-plan.js'
import type { LoadRecord } from './load-record.js'
import { recordOf, type ThreadResult } from './record-of-threads.js'
import { SeriesMerger } from './series-merger.js'
import { ThreadCounts } from './thread-counts.js'
import { type ThreadHandle, threadBeside, threadHere } from './thread-handle.js'
import type { FromThread } from './thread-messages.js'

/** A load run under way. */
export interface LoadRun {
  /**
   * Resolves with what was seen, whatever ended the run: also Ctrl+C, the error budget, a thread that died. Rejects with
   * what opening threw when the sessions could not all be opened; then none is left open.
   */
  readonly finished: Promise<LoadRecord>
  /** All that ended so far, warm-up included. */
  counters(): Outcomes
  /** When the clients began, on the clock of the run; null while their sessions are opened. */
  begunMs(): number | null
  /** What is left if this process dies now: a record that ended `crashed`. null before the window begins. */
  soFar(): LoadRecord | null
  /** Ends the run in order, before its time. */
  stop(): void
}

export interface LoadRunOptions {
  /** The compiled entry of threads; default beside this file. */
  readonly threadEntry?: URL
  /** The measured window begins. */
  readonly onWindow?: () => void
  readonly onWindowEnd?: () => void
}

/** Starts a load and returns at once. With one worker it runs in the calling thread. */
export function startLoad(plan: LoadPlan, context: Context, options: LoadRunOptions = {}): LoadRun {
  const run = new Run(plan, context, options)
  return {
    finished: run.execute(),
    counters: () => run.counters(),
    begunMs: () => run.begunMs,
    soFar: () => run.soFar(),
    stop: () => run.cut('stopped'),
  }
}

const ownThreadEntry = new URL('./load-thread-main.js', import.meta.url)

/** From the word to begin to the beginning: all threads have heard it by then. */
const beginAfterMs = 20

const drainLimitMs = 15_000
/** After Ctrl+C nobody wants to wait. */
const cancelledDrainLimitMs = 2000

const budgetLookMs = 100
/** Fewer operations say nothing about a share of errors. */
const budgetFrom = 100

class Run {
  begunMs: number | null = null
  readonly #threads: ThreadHandle[] = []
  readonly #results: ThreadResult[]
  readonly #series: SeriesMerger
  readonly #cut = new AbortController()
  #ended: LoadRecord['ended'] = 'time'
  #openedOrNot: () => void = () => undefined
  #refused: CorelabError | null = null
  #window: { readonly fromMs: number; readonly startedAt: string } | null = null
  #windowEndMs: number | null = null

  constructor(
    private readonly plan: LoadPlan,
    private readonly context: Context,
    private readonly options: LoadRunOptions,
  ) {
    const workers = Math.max(1, Math.min(plan.workers, plan.connections))
    this.#results = Array.from({ length: workers }, () => ({
      classes: [],
      counts: null,
      errors: [],
      counted: {},
    }))
    this.#series = new SeriesMerger(workers)
  }

  counters(): Outcomes {
    const total = { ok: 0, failed: 0, unknown: 0 }
    for (const { counts } of this.#results) {
      const one = counts?.total()
      total.ok += one?.ok ?? 0
      total.failed += one?.failed ?? 0
      total.unknown += one?.unknown ?? 0
    }
    return total
  }

  soFar(): LoadRecord | null {
    if (this.#window === null) return null
    const { fromMs, startedAt } = this.#window
    const toMs = this.#windowEndMs ?? this.context.clock.monotonicMs()
    const windowMs = Math.max(0, Math.min(toMs - fromMs, this.plan.durationMs))
    return {
      plan: this.plan,
      ended: 'crashed',
      startedAt,
      windowMs,
      ...recordOf(this.plan, this.#results),
      series: this.#series.soFar(windowMs),
      seriesDropped: this.#series.dropped,
      clientCpuMs: 0,
    }
  }

  /** The first reason counts. */
  cut(reason: Exclude<LoadRecord['ended'], 'time' | 'crashed'>): void {
    if (this.#windowEndMs !== null) {
      if (reason === 'cancelled') this.#stopThreads(cancelledDrainLimitMs)
      return
    }
    if (this.#cut.signal.aborted) return
    this.#ended = reason
    this.#cut.abort()
  }

  async execute(): Promise<LoadRecord> {
    const { signal } = this.context
    const onCancel = () => this.cut('cancelled')
    signal.addEventListener('abort', onCancel, { once: true })
    if (signal.aborted) onCancel()
    try {
      await this.#open()
      return await this.#run()
    } finally {
      signal.removeEventListener('abort', onCancel)
      await Promise.all(this.#threads.map((thread) => thread.dispose()))
    }
  }

  async #open(): Promise<void> {
    const of = this.#results.length
    const opened = new Promise<void>((resolve) => {
      this.#openedOrNot = resolve
    })
    for (let index = 0; index < of; index++) {
      const job = { plan: this.plan, index, of }
      const { clock } = this.context
      const listener = (message: FromThread) => this.#hear(index, message)
      const thread =
        of === 1
          ? threadHere(job, clock, listener)
          : threadBeside(job, clock, listener, this.options.threadEntry ?? ownThreadEntry)
      this.#threads.push(thread)
      void thread.gone.then((reason) => this.#lost(reason))
    }
    await Promise.race([opened, aborted(this.#cut.signal)])
    if (this.#refused === null || this.#ended === 'cancelled') return
    this.#stopThreads(0)
    await Promise.all(this.#threads.map((thread) => thread.gone))
    throw this.#refused
  }

  async #run(): Promise<LoadRecord> {
    const { clock } = this.context
    const beginMs = clock.monotonicMs() + beginAfterMs
    const windowMs = { from: beginMs + this.plan.rampMs + this.plan.warmUpMs, to: 0 }
    windowMs.to = windowMs.from + this.plan.durationMs
    this.begunMs = beginMs
    if (!this.#cut.signal.aborted)
      for (const thread of this.#threads) thread.send({ kind: 'begin', atMs: beginMs })
    const over = new AbortController()
    const budget = this.#watchBudget(AbortSignal.any([this.#cut.signal, over.signal]))
    await this.#sleepUntil(windowMs.from)
    const startedAt = isoTime(clock.wallMs() + Math.min(0, windowMs.from - clock.monotonicMs()))
    this.#window = { fromMs: windowMs.from, startedAt }
    const cpuBefore = process.cpuUsage()
    if (!this.#cut.signal.aborted) this.options.onWindow?.()
    await this.#sleepUntil(windowMs.to)
    const cutShort = this.#cut.signal.aborted
    const endMs = cutShort ? Math.min(clock.monotonicMs(), windowMs.to) : windowMs.to
    this.#windowEndMs = endMs
    const { user, system } = process.cpuUsage(cpuBefore)
    const measured = endMs > windowMs.from
    if (measured) this.options.onWindowEnd?.()
    over.abort()
    await budget
    if (cutShort) this.#stopThreads(this.#ended === 'cancelled' ? cancelledDrainLimitMs : drainLimitMs)
    await Promise.all(this.#threads.map((thread) => thread.gone))
    const lengthMs = cutShort ? Math.max(0, endMs - windowMs.from) : this.plan.durationMs
    return {
      plan: this.plan,
      ended: this.#ended,
      startedAt,
      windowMs: lengthMs,
      ...recordOf(this.plan, this.#results),
      series: this.#series.finish(lengthMs),
      seriesDropped: this.#series.dropped,
      clientCpuMs: measured ? (user + system) / 1000 : 0,
    }
  }

  #hear(index: number, message: FromThread): void {
    const result = this.#results[index]
    if (result === undefined) return
    if (message.kind === 'ready') {
      result.classes = message.classes
      result.counts = new ThreadCounts(message.memory, message.classes.length)
      if (this.#results.every(({ counts }) => counts !== null)) this.#openedOrNot()
    } else if (message.kind === 'refused') {
      this.#refused ??= CorelabError.fromShape(message.error)
      this.#openedOrNot()
    } else if (message.kind === 'interval') this.#series.add(message)
    else if (message.kind === 'errors') result.errors = message.errors
    else {
      result.errors = message.errors
      result.counted = message.counted
    }
  }

  #lost(reason: string | null): void {
    if (reason === null) return
    const message = `A thread of the load died: ${reason}`
    if (this.#results.some(({ counts }) => counts === null))
      this.#refused ??= new CorelabError('BUG', { message })
    this.#openedOrNot()
    // Also in the drain: what it had under way is not known.
    if (this.#ended === 'time') this.#ended = 'thread-died'
    this.#cut.abort()
  }

  #stopThreads(limitMs: number): void {
    for (const thread of this.#threads) thread.send({ kind: 'stop', drainLimitMs: limitMs })
  }

  /** Returns at that time, or when the run is cut. */
  async #sleepUntil(ms: number): Promise<void> {
    const { clock } = this.context
    const leftMs = ms - clock.monotonicMs()
    if (leftMs > 0) await clock.sleep(leftMs, this.#cut.signal).catch(() => undefined)
  }

  async #watchBudget(signal: AbortSignal): Promise<void> {
    const { errorShareMax } = this.plan
    if (errorShareMax === null) return
    while (!signal.aborted) {
      await this.context.clock.sleep(budgetLookMs, signal).catch(() => undefined)
      const { ok, failed, unknown } = this.counters()
      const all = ok + failed + unknown
      if (all >= budgetFrom && (failed + unknown) / all > errorShareMax) this.cut('error-budget')
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
