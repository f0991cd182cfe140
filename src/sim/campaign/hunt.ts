import type { Context } from '../../kit/context.js'
import { plantNamed } from '../plant/plant-named.js'
import { runSeed } from '../run/run-seed.js'
import { type CampaignEnd, runCampaign } from './campaign.js'
import type { SeedJob } from './run-chunk.js'
import type { SeedRunner } from './seed-thread.js'
import type { FoundViolation } from './tally.js'

export interface HuntOptions {
  readonly plant: string
  readonly seconds: number
  readonly limitMs: number
  /** Threads of a job, for the time of one campaign. */
  readonly openRunners: (job: SeedJob) => readonly SeedRunner[]
}

export interface HuntResult {
  readonly plant: string
  readonly title: string
  /** What gave the bug away, in the first seed that did; null: nothing, before the end. */
  readonly found: FoundViolation | null
  readonly end: CampaignEnd
  readonly seeds: number
  readonly durationMs: number
}

const lastSeed = 0xffff_ffff

/**
 * Runs seeds 1, 2, 3... with a planted bug until one of them violates an invariant that the same seed without the bug
 * keeps.
 */
export async function huntPlant(options: HuntOptions, context: Context): Promise<HuntResult> {
  const { plant, seconds, limitMs, openRunners } = options
  const { title } = plantNamed(plant)
  const startedMs = context.clock.monotonicMs()
  const elapsedMs = () => context.clock.monotonicMs() - startedMs
  const job = { seconds, plant, stopAtFirst: true }
  let from = 1
  for (;;) {
    const rest = { from, seeds: lastSeed - from + 1, limitMs: limitMs - elapsedMs() }
    const { end, totals, violations } = await runCampaign({ ...job, ...rest }, openRunners(job), context)
    from += totals.seeds
    const [found = null] = violations
    if (found === null || runSeed({ seed: found.seed, seconds }).violation === null)
      return { plant, title, found, end, seeds: from - 1, durationMs: elapsedMs() }
  }
}
