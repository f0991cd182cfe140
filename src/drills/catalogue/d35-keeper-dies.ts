import type { Drill, DrillStep } from '../../model/drill.js'
import { calm, failover, plain, whole, workAfter } from './blocks.js'

/** The steps of a failover, in the keeper's own words. */
const failoverSteps = ['seal', 'halt', 'survey', 'drain', 'attach', 'open', 'repoint'] as const

/** Kills the master, lets the keeper come to a step, kills it there, and starts another one. */
function dieBefore(step: string): readonly DrillStep[] {
  return [
    { do: 'hold-keeper', before: step },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    { do: 'await', what: 'keeper-held', limitMs: 30_000 },
    { do: 'signal', signal: 'SIGKILL', to: ['keeper'] },
    { do: 'start-core' },
    failover,
    whole,
    { do: 'run', forMs: 1000 },
  ]
}

export const keeperDies: Drill = {
  id: 'D35',
  name: 'keeper-dies',
  title: 'the keeper dies before each step of a failover',
  state: 'K -> X before each step',
  shows:
    'A keeper that is killed in the middle of a failover, before each of its steps in turn, is replaced by one that finishes the work; there are never two masters.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [calm, ...failoverSteps.flatMap(dieBefore), workAfter],
  expects: { epochChanges: [failoverSteps.length, failoverSteps.length], writeGap: null },
}
