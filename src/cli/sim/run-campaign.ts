import { resolve } from 'node:path'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatCount } from '../../kit/units.js'
import { campaignStep, runCampaign } from '../../sim/campaign/campaign.js'
import { openSeedThread } from '../../sim/campaign/seed-thread.js'
import { judgeCampaign } from '../../sim/campaign/verdict.js'
import { plantNamed } from '../../sim/plant/plant-named.js'
import { writeFileAtomic } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import { campaignAnswer, campaignData } from '../render/sim/campaign.js'
import { refuseUnwritable } from '../writable.js'
import { lastSeed } from './flags.js'
import { threadsToUse } from './threads.js'

export interface CampaignWishes {
  readonly from: number
  readonly seeds: number
  readonly seconds: number
  readonly plant: string | null
  readonly stopAtFirst: boolean
  /** null: one for each core. */
  readonly workers: number | null
  /** null: no file. */
  readonly out: string | null
}

/** Runs seeds on all cores and judges them. Needs no project, and writes nothing but `out`. */
export async function runSimCampaign(wishes: CampaignWishes, context: Context): Promise<Answer> {
  const { from, seeds, seconds, plant, stopAtFirst, out } = wishes
  if (plant !== null) plantNamed(plant)
  if (from + seeds - 1 > lastSeed)
    throw corelabError('USAGE', {
      message: `Seeds go up to ${lastSeed}`,
      detail: `--from ${from} --seeds ${seeds} goes beyond.`,
    })
  if (out !== null) await refuseUnwritable(out)
  const options = { from, seeds, seconds, plant, stopAtFirst }
  const threads = threadsToUse(wishes.workers, seeds)
  const title = `Run ${formatCount(seeds)} seeds on ${threads === 1 ? '1 thread' : `${threads} threads`}`
  const result = await asStep(context.emit, { step: campaignStep, title }, context.clock, () =>
    runCampaign(
      options,
      Array.from({ length: threads }, () => openSeedThread(options)),
      context,
    ),
  )
  const judged = { options, result, ...judgeCampaign(options, result), threads }
  if (out !== null) await writeFileAtomic(resolve(out), `${JSON.stringify(campaignData(judged), null, 2)}\n`)
  return campaignAnswer(judged, out)
}
