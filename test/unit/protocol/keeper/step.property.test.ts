import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NodeName, nodeNames, servingRoles } from '../../../../src/model/node.js'
import type { UntimedKeeperEvent } from '../../../../src/protocol/keeper/state.js'
import { type Finding, KeeperWorld } from './keeper-world.js'

test('whatever dies, fails or comes late: one master of an epoch, told after all proofs, and nobody follows himself', () => {
  let mastersMade = 0
  fc.assert(
    fc.property(seeds, (run) => {
      mastersMade += played(run).mastersMade
    }),
    { numRuns: 300 },
  )
  expect(mastersMade).toBeGreaterThan(50)
})

test('once everybody lives and answers, every wish is answered, and there is a master with its chain', () => {
  fc.assert(
    fc.property(seeds, (run) => {
      const world = played(run)
      world.settle()
      expect([...world.waiting]).toEqual([])
    }),
    { numRuns: 150 },
  )
})

type Seed =
  | { kind: 'tick' | 'qlink-lost' | 'write' | 'resume' | 'fail-afterwards' | 'go-well' }
  | { kind: 'process-gone' | 'answered' | 'given-up' | 'taken-up' | 'diverged' | 'withdrawn'; node: NodeName }
  | { kind: 'acknowledged' | 'switchover' | 'failover' | 'reads'; node: NodeName }
  | { kind: 'qlink-seen'; heardAgoMs: number | null; bytes: number; holdsBack: boolean; loopDelayMs: number }
  | { kind: 'readmitted'; node: NodeName; role: (typeof servingRoles)[number]; source: NodeName }
  | { kind: 'end-step'; ok: boolean; findings: Finding[] }
  | { kind: 'end-steps'; count: number; findings: Finding[] }
  | { kind: 'stale'; ago: number }
  | { kind: 'restart'; resumes: boolean }

const node = fc.constantFrom(...nodeNames)
const kindOf = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds)

const findings = fc.array(fc.constantFrom<Finding>(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 'errant', 'away'), {
  minLength: 4,
  maxLength: 4,
})

const seed: fc.Arbitrary<Seed> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: kindOf('end-step'), ok: fc.boolean(), findings }) },
  // Else no change of master would ever come to its end.
  {
    weight: 12,
    arbitrary: fc.record({ kind: kindOf('end-steps'), count: fc.integer({ min: 2, max: 8 }), findings }),
  },
  { weight: 8, arbitrary: fc.record({ kind: kindOf('go-well') }) },
  { weight: 8, arbitrary: fc.record({ kind: kindOf('tick', 'tick', 'write', 'qlink-lost', 'resume') }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf('fail-afterwards') }) },
  { weight: 6, arbitrary: fc.record({ kind: kindOf('answered', 'answered', 'acknowledged'), node }) },
  { weight: 3, arbitrary: fc.record({ kind: kindOf('process-gone'), node }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kindOf('given-up', 'taken-up', 'diverged', 'diverged', 'withdrawn'), node }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kindOf('switchover', 'switchover', 'failover', 'reads'), node }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kindOf('qlink-seen'),
      heardAgoMs: fc.option(fc.constantFrom(0, 100, 3000)),
      bytes: fc.nat(3),
      holdsBack: fc.boolean(),
      loopDelayMs: fc.constantFrom(0, 0, 400),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kindOf('readmitted'),
      node,
      role: fc.constantFrom(...servingRoles),
      source: node,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kindOf('stale'), ago: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf('restart'), resumes: fc.boolean() }) },
)

const waitsMs = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(0, 1, 20, 50, 50, 200) },
  { weight: 1, arbitrary: fc.constantFrom(900, 6000, 40_000) },
)
const seeds = fc.noBias(fc.array(fc.tuple(waitsMs, seed), { maxLength: 70, size: 'max' }))

function played(run: readonly [number, Seed][]): KeeperWorld {
  const world = new KeeperWorld()
  world.feed({ kind: 'resume' })
  for (const [waitedMs, each] of run) {
    world.nowMs += waitedMs
    play(world, each)
  }
  return world
}

function play(world: KeeperWorld, seed: Seed): unknown {
  switch (seed.kind) {
    case 'end-step':
      return world.endStep(seed.ok, seed.findings)
    case 'end-steps':
      for (let left = seed.count; left > 0; left--) world.endStep(true, seed.findings)
      return
    case 'go-well':
      return world.goWell({ persons: true })
    case 'fail-afterwards':
      return world.failAfterwards()
    case 'stale':
      return world.sayStale(seed.ago)
    case 'write':
      return world.write()
    case 'restart':
      world.restart()
      return seed.resumes ? world.feed({ kind: 'resume' }) : null
    case 'switchover':
      return world.ask('switchover-asked', seed.node)
    case 'failover':
      return world.ask('failover-asked', null)
    case 'reads':
      return world.ask('reads-asked', null)
    case 'diverged':
      return world.feed({ ...seed, kind: 'diverged', reason: 'stray' })
    case 'withdrawn':
      return world.feed({ kind: 'withdrawn', node: seed.node })
    default:
      return world.feed(seed as UntimedKeeperEvent)
  }
}
