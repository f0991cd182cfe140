import type { Random } from '../../kit/random.js'
import { between, chance, oneOf, streamOf } from '../world/streams.js'
import { drawKnobs, type Knobs } from './knobs.js'

/** Whom a fault hits: by part, looked up when it happens, or by number. */
export type Target = 'master' | 'shadow' | 'slave' | 'old-master' | 'any'

export type FaultKind = (typeof faultKinds)[number]

/** One thing that goes wrong, or one wish of a person. Plain data: a schedule is complete before its run begins. */
export interface Fault {
  readonly atUs: number
  readonly kind: FaultKind
  readonly target: Target
  /** 0 where a duration has no meaning. */
  readonly durationUs: number
  /** What else is to be chosen: which node of several, which step, which direction. */
  readonly choice: number
}

export interface Plan {
  readonly seed: number
  readonly knobs: Knobs
  readonly faults: readonly Fault[]
  readonly healAtUs: number
  readonly quietAtUs: number
  readonly endUs: number
}

export const faultKinds = [
  'kill-node',
  'power-node',
  'freeze-node',
  'kill-qlink',
  'power-qlink',
  'freeze-qlink',
  'kill-keeper',
  'freeze-keeper',
  'kill-keeper-at-step',
  'kill-qlink-at-step',
  'kill-candidate-at-step',
  'kill-router',
  'freeze-router',
  'blind-router',
  'partition-node',
  'partition-qlink-leader',
  'blind-keeper',
  'partition-any',
  'slow-network',
  'qlink-disk-full',
  'qlink-fsync-error',
  'qlink-disk-stall',
  'qlink-disk-slow',
  'node-disk-stall',
  'node-disk-slow',
  'slow-applier',
  'stalled-applier',
  'errant-write',
  'switchover',
  'failover',
  'reclone',
  'reconcile',
  'unstartable-node',
  'helpless-supervisor',
  'power-all',
] as const

const targets = [
  'master',
  'master',
  'master',
  'shadow',
  'slave',
  'old-master',
  'any',
] as const satisfies readonly Target[]

/** How long the faults last at most, as a part of the whole; then everything heals and must come together. */
const faultyPermille = 650
const quietBeforeEndUs = 3_000_000
const faultsMax = 40

/**
 * Everything that will go wrong in a run of `seconds`. Swarm testing: each seed leaves out kinds of faults at random, so
 * that the remaining ones are not always drowned by each other (Groce et al., ISSTA 2012).
 */
export function planOf(seed: number, seconds: number): Plan {
  const random = streamOf(seed, 'faults')
  const endUs = seconds * 1_000_000
  const healAtUs = Math.floor((endUs * faultyPermille) / 1000)
  return {
    seed,
    knobs: drawKnobs(streamOf(seed, 'knobs')),
    faults: drawFaults(random, healAtUs),
    healAtUs,
    quietAtUs: endUs - quietBeforeEndUs,
    endUs,
  }
}

function drawFaults(random: Random, untilUs: number): readonly Fault[] {
  const sharePermille = oneOf(random, [150, 300, 500])
  const kinds = faultKinds.filter(() => chance(random, sharePermille))
  if (kinds.length === 0) kinds.push('kill-node')
  const combinationPermille = oneOf(random, [0, 300, 700])
  const gapUs = oneOf(random, [1_500_000, 3_000_000, 6_000_000])
  const faults: Fault[] = []
  let atUs = between(random, 200_000, gapUs)
  while (atUs < untilUs && faults.length < faultsMax) {
    if (chance(random, combinationPermille)) faults.push(...drawCombination(random, atUs))
    else faults.push(drawFault(random, oneOf(random, kinds) ?? 'kill-node', atUs))
    // Trouble comes in crowds: what is survived alone is not always survived in company.
    atUs += chance(random, 400) ? between(random, 1000, 600_000) : between(random, 300_000, 2 * gapUs)
  }
  return faults.filter((fault) => fault.atUs < untilUs)
}

function drawFault(random: Random, kind: FaultKind, atUs: number): Fault {
  return {
    atUs,
    kind,
    target: oneOf(random, targets),
    durationUs: oneOf(random, [
      between(random, 20_000, 400_000),
      between(random, 400_000, 3_000_000),
      between(random, 2_000_000, 9_000_000),
    ]),
    choice: random.uint32(),
  }
}

/**
 * Something that prepares the ground, the end of the master while it lasts, and something that meets the change of
 * master. The rare cases are rare because these have to come together.
 */
function drawCombination(random: Random, atUs: number): readonly Fault[] {
  const ground = oneOf(random, grounds)
  const end = oneOf(random, ends)
  const meeting = oneOf(random, meetings)
  const endsAtUs = atUs + between(random, 20_000, 1_500_000)
  const longUs = between(random, 1_000_000, 6_000_000)
  const around = (middleUs: number, spreadUs: number) =>
    middleUs + random.below(spreadUs) - Math.floor(spreadUs / 4)
  return [
    { ...drawFault(random, ground.kind, atUs), target: ground.target, durationUs: longUs },
    { ...drawFault(random, end, endsAtUs), target: 'master' },
    drawFault(random, meeting, Math.max(1, around(endsAtUs, oneOf(random, [2000, 40_000, 1_500_000])))),
  ]
}

const grounds: readonly [Ground, ...Ground[]] = [
  { kind: 'slow-applier', target: 'shadow' },
  { kind: 'stalled-applier', target: 'shadow' },
  { kind: 'slow-applier', target: 'slave' },
  { kind: 'partition-node', target: 'shadow' },
  { kind: 'partition-node', target: 'slave' },
  { kind: 'partition-qlink-leader', target: 'master' },
  { kind: 'qlink-disk-slow', target: 'any' },
  { kind: 'qlink-disk-stall', target: 'any' },
  { kind: 'helpless-supervisor', target: 'any' },
  { kind: 'slow-network', target: 'any' },
  { kind: 'freeze-node', target: 'shadow' },
  { kind: 'unstartable-node', target: 'master' },
  { kind: 'kill-keeper-at-step', target: 'any' },
  { kind: 'kill-qlink-at-step', target: 'any' },
  { kind: 'kill-candidate-at-step', target: 'any' },
]

interface Ground {
  readonly kind: FaultKind
  readonly target: Target
}

const ends: readonly [FaultKind, ...FaultKind[]] = [
  'kill-node',
  'kill-node',
  'power-node',
  'freeze-node',
  'partition-node',
  'node-disk-stall',
  'switchover',
  'failover',
]

const meetings: readonly [FaultKind, ...FaultKind[]] = [
  'kill-qlink',
  'power-qlink',
  'freeze-qlink',
  'kill-node',
  'freeze-node',
  'kill-keeper',
  'freeze-keeper',
  'kill-keeper-at-step',
  'kill-qlink-at-step',
  'kill-candidate-at-step',
  'partition-any',
  'partition-node',
  'qlink-fsync-error',
  'qlink-disk-full',
  'helpless-supervisor',
  'freeze-router',
  'power-all',
]
