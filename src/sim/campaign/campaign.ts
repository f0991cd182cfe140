import type { Context } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import type { RunResult } from '../run/run-seed.js'
import { ChunkOrder } from './chunk-order.js'
import type { SeedJob } from './run-chunk.js'
import type { SeedRunner } from './seed-thread.js'
import { type FoundViolation, Tally, type Totals } from './tally.js'

export interface CampaignOptions extends SeedJob {
  readonly from: number
  readonly seeds: number
  /** Whatever was not run by then is left out. */
  readonly limitMs?: number
}

export type CampaignEnd = 'complete' | 'first-violation' | 'time-limit' | 'interrupted'

/** Of a campaign that was ended early: of the seeds up to there, without a gap. */
export interface CampaignResult {
  readonly end: CampaignEnd
  readonly totals: Totals
  /** Equal wherever the same seeds were run. */
  readonly hash: string
  /** The first ones; `totals.violations` counts all. */
  readonly violations: readonly FoundViolation[]
  readonly durationMs: number
}

/** A fifth of a second of work: short enough to stop at, long enough to be worth a message. */
const seedsPerChunk = 8
/** A thread that is slow is not waited for before the others are so far ahead. */
const chunksAheadMax = 64
const progressEveryMs = 250

/**
 * Runs seeds on all `runners` at once, and counts them in their order: what comes out never depends on how many there
 * are, nor on which is faster. Time and promises are those of this host, outside of any simulated world.
 * Throws BUG when a run breaks or a runner is gone. Ends the runners in any case.
 */
export async function runCampaign(
  options: CampaignOptions,
  runners: readonly SeedRunner[],
  context: Context,
): Promise<CampaignResult> {
  const campaign = new Campaign(options, runners.length, context)
  const { ending } = campaign
  const endRunners = () => Promise.all(runners.map((runner) => runner.end()))
  ending.addEventListener('abort', () => void endRunners(), { once: true })
  try {
    await Promise.all(runners.map((runner) => campaign.employ(runner)))
    return campaign.result()
  } finally {
    campaign.dispose()
    await endRunners()
  }
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #context: Context
  readonly #order: ChunkOrder
  readonly #tally = new Tally()
  readonly #ended = new AbortController()
  readonly #startedMs: number
  readonly #onAbort = () => this.#endAs('interrupted')
  #end: CampaignEnd = 'complete'
  #progressAtMs = 0

  constructor(options: CampaignOptions, runners: number, context: Context) {
    this.#options = options
    this.#context = context
    this.#order = new ChunkOrder({
      from: options.from,
      seeds: options.seeds,
      size: seedsPerChunk,
      aheadMax: Math.max(runners, chunksAheadMax) * seedsPerChunk,
    })
    this.#startedMs = context.clock.monotonicMs()
    context.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (context.signal.aborted) this.#onAbort()
  }

  /** Aborted as soon as no more runs are wanted. */
  get ending(): AbortSignal {
    return this.#ended.signal
  }

  async employ(runner: SeedRunner): Promise<void> {
    try {
      for (let chunk = await this.#order.next(); chunk !== null; chunk = await this.#order.next()) {
        for (const run of this.#order.take(chunk, await runner.run(chunk))) this.#count(run)
        this.#tellProgress()
      }
    } catch (error) {
      // What a runner says after it was ended is of no interest.
      if (!this.ending.aborted) throw error
    }
  }

  result(): CampaignResult {
    this.#tellProgress({ isLast: true })
    return {
      end: this.#end,
      totals: this.#tally.totals(),
      hash: this.#tally.hash(),
      violations: this.#tally.violations,
      durationMs: this.#elapsedMs(),
    }
  }

  dispose(): void {
    this.#context.signal.removeEventListener('abort', this.#onAbort)
  }

  #count(run: RunResult): void {
    if (this.ending.aborted) return
    this.#tally.add(run)
    if (this.#options.stopAtFirst && run.violation !== null) this.#endAs('first-violation')
    else if (this.#isOverTime() && this.#tally.seeds < this.#options.seeds) this.#endAs('time-limit')
  }

  #endAs(end: CampaignEnd): void {
    if (this.ending.aborted) return
    this.#end = end
    this.#order.close()
    this.#ended.abort()
  }

  #isOverTime(): boolean {
    return this.#options.limitMs !== undefined && this.#elapsedMs() > this.#options.limitMs
  }

  #elapsedMs(): number {
    return this.#context.clock.monotonicMs() - this.#startedMs
  }

  #tellProgress({ isLast = false } = {}): void {
    const elapsedMs = this.#elapsedMs()
    if (!isLast && elapsedMs - this.#progressAtMs < progressEveryMs) return
    this.#progressAtMs = elapsedMs
    const { seeds, events, violations } = this.#tally.totals()
    const perSecond = (seeds * 1000) / Math.max(1, elapsedMs)
    const total = this.#options.limitMs === undefined ? this.#options.seeds : null
    this.#context.emit({
      kind: 'step.progress',
      step: campaignStep,
      done: seeds,
      total,
      unit: 'seeds',
      perSecond,
      ...(total === null || seeds === 0 ? {} : { etaMs: ((total - seeds) * 1000) / perSecond }),
      note: `${formatCount((events * 1000) / Math.max(1, elapsedMs))} events/s, ${formatCount(violations)} violations`,
    })
  }
}

/** The step that progress is told of; whoever runs a campaign starts and ends it. */
export const campaignStep = 'sim'
