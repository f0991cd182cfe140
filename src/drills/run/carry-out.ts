import { present } from '../../kit/assert.js'
import type { DrillStep } from '../../model/drill.js'
import { describeStep } from '../nemesis/describe-step.js'
import type { SingleStep } from '../nemesis/perform-step.js'
import { performStep } from '../nemesis/perform-step.js'
import type { DrillRun } from './drill-run.js'
import type { DrillState } from './drill-state.js'

/** A new master's first minutes are no fault's: between rounds everybody has come back. */
const wholeLimitMs = 90_000

/** Carries out the schedule, as many rounds as wanted; the first step that fails ends it. */
export async function carryOut(drill: DrillState): Promise<void> {
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
