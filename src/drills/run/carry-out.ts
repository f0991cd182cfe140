import { present } from '../../kit/assert.js'
import type { DrillStep, SingleStep } from '../../model/drill.js'
import { checkAppendsSoFar } from '../judge/spot-check.js'
import { describeStep } from '../nemesis/describe-step.js'
import { performStep } from '../nemesis/perform-step.js'
import { soakEpisodes } from '../soak/episodes.js'
import type { DrillRun } from './drill-run.js'
import type { DrillState } from './drill-state.js'

/** A new master's first minutes are no fault's: between rounds everybody has come back. */
const wholeLimitMs = 90_000

/** Carries out the drill's schedule, or episodes chosen at random for as long as the soak lasts. */
export async function carryOut(drill: DrillState): Promise<void> {
  if (drill.options.soakMs === null) await carryOutRounds(drill)
  else await carryOutSoak(drill, drill.options.soakMs)
}

/** Carries out the schedule, as many rounds as wanted; the first step that fails ends it. */
async function carryOutRounds(drill: DrillState): Promise<void> {
  const run = present(drill.run, 'run')
  const { rounds, drill: plan } = drill.options
  for (let round = 1; round <= rounds; round++) {
    const where = rounds === 1 ? '' : `round ${round} of ${rounds}: `
    for (const step of flattened(plan.schedule)) if (!(await carry(drill, run, step, where))) return
    drill.roundsDone = round
    if (round === rounds) return
    if (!(await carry(drill, run, { do: 'await', what: 'whole', limitMs: wholeLimitMs }, where))) return
  }
}

/** A loss is looked for after so many episodes: often enough to be near its cause. */
const episodesPerCheck = 5

/** Episode after episode until the time is over; the first failure ends it, with everything as it is. */
async function carryOutSoak(drill: DrillState, soakMs: number): Promise<void> {
  const run = present(drill.run, 'run')
  const choices = soakEpisodes(drill.options.seed)
  const untilMs = drill.clock.nowMs() + soakMs
  for (let count = 1; drill.clock.nowMs() < untilMs; count++) {
    const { name, steps } = choices.next()
    const where = `${count}. ${name}: `
    for (const step of [...steps, whole]) if (!(await carry(drill, run, step, where))) return
    if (count % episodesPerCheck === 0 && !(await spotCheck(drill, run))) return
  }
  drill.roundsDone = 1
}

const whole: SingleStep = { do: 'await', what: 'whole', limitMs: wholeLimitMs }

function spotCheck(drill: DrillState, run: DrillRun): Promise<boolean> {
  const step = { id: 'spot-check', title: 'Look for acknowledged appends on the master' }
  return drill.log.run(step, () => checkAppendsSoFar(run))
}

function carry(drill: DrillState, run: DrillRun, step: SingleStep, where: string): Promise<boolean> {
  if (step.do !== 'run') drill.struckAtMs ??= drill.clock.nowMs()
  return drill.log.run({ id: 'schedule', title: where + describeStep(step) }, () => performStep(run, step))
}

/** Repetitions written out, so that each step is in the report with its own time. Pure. */
export function flattened(steps: readonly DrillStep[]): readonly SingleStep[] {
  return steps.flatMap((step) =>
    step.do === 'repeat' ? Array.from({ length: step.times }, () => flattened(step.steps)).flat() : [step],
  )
}
