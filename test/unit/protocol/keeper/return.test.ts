import { expect, test } from 'vitest'
import type { NodeName, Role } from '../../../../src/model/node.js'
import { nodeOf } from '../../../../src/model/topology.js'
import type { KeeperEvent, KeeperState } from '../../../../src/protocol/keeper/state.js'
import { defaultKeeperLimits, initialKeeperState } from '../../../../src/protocol/keeper/state.js'
import { stepKeeper } from '../../../../src/protocol/keeper/step.js'
import { topologyOf } from '../../../support/topologies.js'

const [db1, db2, db3, db4] = ['db-1', 'db-2', 'db-3', 'db-4'] as NodeName[] as [
  NodeName,
  NodeName,
  NodeName,
  NodeName,
]

const chain = (down: readonly number[]) => initialKeeperState(topologyOf({ epoch: 2, down }))

function readmit(state: KeeperState, node: NodeName, role: Role, source: NodeName) {
  return stepKeeper(state, { kind: 'readmitted', node, role, source, nowMs: 1 }, defaultKeeperLimits)
}

test('a replica that was wired to a chain of before is not let in, and comes back once more', () => {
  // It was on its way back behind db-4, the shadow of that time; now it is the shadow itself, and db-4 follows it.
  const { state, effects } = readmit(chain([2]), db2, 'shadow', db4)
  expect(effects).toEqual([])
  expect(nodeOf(state.topology, db2).serving).toBe(false)

  const { effects: later } = stepKeeper(state, { kind: 'resume', nowMs: 2 }, defaultKeeperLimits)
  expect(later).toEqual([{ kind: 'restart', node: db2 }])
})

test.each([
  { node: db2, role: 'shadow', source: db1 },
  { node: db3, role: 'slave-1', source: db2 },
  { node: db3, role: 'slave-1', source: db1 },
] as const)('$node is let in as $role behind $source', ({ node, role, source }) => {
  const { state } = readmit(chain([Number(node.slice(3))]), node, role, source)
  expect(nodeOf(state.topology, node)).toMatchObject({ role, source, serving: true })
})

test('one that was taken out of service on purpose is looked after when its way back was in vain', () => {
  const withdrawn = stepKeeper(chain([]), { kind: 'withdrawn', node: db4, nowMs: 1 }, defaultKeeperLimits)
  const busy = stepKeeper(
    withdrawn.state,
    { kind: 'failover-asked', request: 1, reason: 'x', nowMs: 2 },
    defaultKeeperLimits,
  )
  const { state } = readmit(busy.state, db4, 'slave-2', db2)

  expect(state.health[db4]?.leftAlone).toBe(null)
})

test('one that was given up, and has its chance again in vain, is asked for again; one on which somebody works is not', () => {
  const stateAfter = (...kinds: readonly ('given-up' | 'taken-up' | 'withdrawn')[]) =>
    kinds.reduce(
      (state, kind) => stepKeeper(state, { kind, node: db4, nowMs: 1 }, defaultKeeperLimits).state,
      chain([4]),
    )
  const askedFor = (state: KeeperState) =>
    stepKeeper(state, { kind: 'resume', nowMs: 2 }, defaultKeeperLimits).effects

  expect(askedFor(stateAfter('given-up'))).toEqual([])
  expect(askedFor(stateAfter('given-up', 'taken-up'))).toEqual([{ kind: 'restart', node: db4 }])
  expect(askedFor(stateAfter('withdrawn', 'taken-up'))).toEqual([])
})

test('a frozen replica that is held as astray when it answers again is not wired: it has nobody to follow', () => {
  const frozenMs = defaultKeeperLimits.replicaSilentMs
  const events: readonly KeeperEvent[] = [
    { kind: 'resume', nowMs: 0 },
    { kind: 'tick', nowMs: frozenMs },
    { kind: 'diverged', node: db4, reason: 'stray', nowMs: frozenMs },
  ]
  const held = events.reduce((state, event) => stepKeeper(state, event, defaultKeeperLimits).state, chain([]))
  expect(held.health[db4]?.silent).toBe(true)

  const answer: KeeperEvent = { kind: 'answered', node: db4, nowMs: frozenMs + 1 }
  expect(stepKeeper(held, answer, defaultKeeperLimits).effects).toEqual([])
})
