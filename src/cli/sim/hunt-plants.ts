import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { campaignStep } from '../../sim/campaign/campaign.js'
import { type HuntResult, huntPlant } from '../../sim/campaign/hunt.js'
import { defaultSeconds } from '../../sim/campaign/replay-command.js'
import { openSeedThread } from '../../sim/campaign/seed-thread.js'
import { plantNamed } from '../../sim/plant/plant-named.js'
import { plants } from '../../sim/plant/plants.js'
import type { Answer } from '../answer.js'
import { huntAnswer, plantListAnswer } from '../render/sim/plants.js'
import { threadsToUse } from './threads.js'

export interface PlantWishes {
  /** None: all of them. Throws USAGE for a wrong one. */
  readonly names: readonly string[]
  readonly hunt: boolean
  /** For each of them. */
  readonly limitMs: number
  readonly workers: number | null
}

/** The planted bugs; with `hunt` each is looked for, one after the other. */
export async function showPlants(wishes: PlantWishes, context: Context): Promise<Answer> {
  const names = wishes.names.length === 0 ? Object.keys(plants) : wishes.names
  const chosen = names.map((name) => ({ name, title: plantNamed(name).title }))
  if (!wishes.hunt) return plantListAnswer(chosen)
  const found: HuntResult[] = []
  for (const { name } of chosen) {
    if (context.signal.aborted) break
    found.push(await huntOne(name, wishes, context))
  }
  return huntAnswer({ hunts: found, wanted: chosen.length, limitMs: wishes.limitMs })
}

function huntOne(plant: string, { limitMs, workers }: PlantWishes, context: Context): Promise<HuntResult> {
  const threads = threadsToUse(workers, Number.MAX_SAFE_INTEGER)
  const step = { step: campaignStep, title: `Hunt ${plant}` }
  return asStep(
    context.emit,
    step,
    context.clock,
    () =>
      huntPlant(
        {
          plant,
          seconds: defaultSeconds,
          limitMs,
          openRunners: (job) => Array.from({ length: threads }, () => openSeedThread(job)),
        },
        context,
      ),
    ({ found, seeds }) => (found === null ? `not found in ${seeds} seeds` : `seed ${found.seed}`),
  )
}
