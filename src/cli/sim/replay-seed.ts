import { corelabError, reasonOf } from '../../kit/errors.js'
import { replayCommand } from '../../sim/campaign/replay-command.js'
import { plantNamed } from '../../sim/plant/plant-named.js'
import { type RunResult, runSeed } from '../../sim/run/run-seed.js'
import type { Answer } from '../answer.js'
import { replayAnswer, type ToldLine } from '../render/sim/replay.js'

export interface ReplayWishes {
  readonly seed: number
  readonly seconds: number
  readonly plant: string | null
  /** null: to its end, and then it is judged. */
  readonly untilMs: number | null
  /** null: all of it. */
  readonly lines: number | null
}

/** Runs one seed again and tells what happens. Throws USAGE; BUG when the run breaks. */
export function replaySeed(wishes: ReplayWishes): Answer {
  const { seed, seconds, plant, untilMs, lines } = wishes
  const parts = plant === null ? {} : { parts: plantNamed(plant).parts }
  if (untilMs !== null && untilMs > seconds * 1000)
    throw corelabError('USAGE', {
      message: 'The run is over before --until',
      detail: `It ends after ${seconds} s of virtual time.`,
    })
  const until = untilMs === null ? {} : { untilUs: Math.round(untilMs * 1000) }
  const told: ToldLine[] = []
  const story = { tell: (atUs: number, who: string, what: string) => void told.push({ atUs, who, what }) }
  const run = broken(wishes, () => runSeed({ seed, seconds, story, ...parts, ...until }))
  return replayAnswer({ run, told, lines, seconds, plant, isWhole: untilMs === null })
}

/** A violation is a result; whatever else is thrown is a bug, and says which seed it was. */
function broken(wishes: ReplayWishes, work: () => RunResult): RunResult {
  try {
    return work()
  } catch (error) {
    throw corelabError('BUG', {
      message: `The run of seed ${wishes.seed} broke: ${reasonOf(error)}`,
      fix: [`${replayCommand(wishes)} --debug`],
      cause: error,
    })
  }
}
