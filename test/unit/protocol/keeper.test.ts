import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeName, Role } from '../../../src/model/node.js'
import { nodeNames } from '../../../src/model/node.js'
import type { Topology } from '../../../src/model/topology.js'
import { isNewer } from '../../../src/model/topology.js'
import type { KeeperEffect, KeeperEvent, KeeperState } from '../../../src/protocol/keeper.js'
import { initialKeeperState, stepKeeper } from '../../../src/protocol/keeper.js'

const limits = { missesMax: 3, attemptsMax: 3 }
const [db1, db2, db3, db4] = nodeNames as [NodeName, NodeName, NodeName, NodeName]

describe('a master whose process is gone', () => {
  test('loses its role before anything else happens, and the shadow is sealed first', () => {
    const { effects } = run([{ kind: 'process-gone', node: db1 }])

    expect(effects[0]).toMatchObject({ kind: 'publish', topology: { epoch: 1, master: null } })
    expect(effects[1]).toMatchObject({
      kind: 'perform',
      step: { kind: 'seal', oldMaster: db1, candidate: db2 },
    })
  })

  test('is followed by the shadow in the next epoch, with the chain behind it and itself quarantined', () => {
    const { state, effects } = run([{ kind: 'process-gone', node: db1 }, ...allSteps()])

    expect(state.topology).toMatchObject({ epoch: 2, master: db2 })
    expect(rolesOf(state.topology)).toEqual({
      'db-1': 'quarantined',
      'db-2': 'master',
      'db-3': 'shadow',
      'db-4': 'slave-1',
    })
    expect(state.topology.nodes.find((node) => node.name === db4)?.source).toBe(db3)
    expect(effects.at(-1)).toMatchObject({
      kind: 'perform',
      step: { kind: 'repoint', moves: [{ node: db4, source: db3 }] },
    })
  })

  test('is not followed by a shadow that another node has outrun', () => {
    const { state, effects } = run([
      { kind: 'process-gone', node: db1 },
      { kind: 'step-done', step: 'seal' },
      { kind: 'step-done', step: 'drain' },
      { kind: 'step-done', step: 'compare', surplus: { 'db-3': 2 } },
    ])

    expect(state.topology.master).toBeNull()
    expect(effects.at(-1)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('db-3 has 2 more'),
    })
  })

  test('waits for a dead shadow to come back instead of promoting a slave', () => {
    const dead = run([
      { kind: 'process-gone', node: db2 },
      { kind: 'process-gone', node: db1 },
    ])
    expect(dead.effects.some((effect) => effect.kind === 'perform')).toBe(false)
    expect(dead.state.refusal).toContain('db-2')

    const back = stepKeeper(dead.state, { kind: 'process-started', node: db2 }, limits)

    expect(back.effects.at(-1)).toMatchObject({ kind: 'perform', step: { kind: 'seal', candidate: db2 } })
  })
})

describe('a silent master', () => {
  test('counts as dead after the limit of missed acknowledgements, not before', () => {
    const miss: KeeperEvent = { kind: 'missed', node: db1, reason: 'timeout' }

    expect(run([miss, miss]).state.failover).toBeNull()
    expect(run([miss, miss, miss]).state.failover).toMatchObject({ oldMaster: db1 })
    expect(run([miss, miss, { kind: 'answered', node: db1 }, miss]).state.failover).toBeNull()
  })

  test('is not blamed while the node that must acknowledge is itself silent', () => {
    const events: KeeperEvent[] = [{ kind: 'missed', node: db2, reason: 'timeout' }]
    for (let miss = 0; miss < 10; miss++)
      events.push({ kind: 'missed', node: db1, reason: 'no acknowledgement' })

    expect(run(events).state.failover).toBeNull()
  })
})

test('a dead slave stops serving and is restarted, and the epoch stays', () => {
  const { state, effects } = run([{ kind: 'process-gone', node: db4 }])

  expect(state.topology).toMatchObject({ epoch: 1, master: db1 })
  expect(state.topology.nodes.find((node) => node.name === db4)?.serving).toBe(false)
  expect(effects.at(-1)).toEqual({ kind: 'restart', node: db4 })
})

test('a failing step is tried again a bounded number of times, then the failover is refused with the reason', () => {
  const failing: KeeperEvent = { kind: 'step-failed', step: 'seal', reason: 'no route' }
  const { state, effects } = run([{ kind: 'process-gone', node: db1 }, failing, failing, failing])

  expect(effects.filter((effect) => effect.kind === 'perform')).toHaveLength(limits.attemptsMax)
  expect(state.refusal).toContain('no route')
})

test('a keeper that finds no master in its durable topology goes on with the failover', () => {
  const killed = run([{ kind: 'process-gone', node: db1 }]).state.topology

  const { effects } = stepKeeper(initialKeeperState(killed), { kind: 'resume' }, limits)

  expect(effects.at(-1)).toMatchObject({
    kind: 'perform',
    step: { kind: 'seal', oldMaster: db1, candidate: db2 },
  })
})

test('whatever happens in whatever order: epochs never go back, and a new master opens only after seal, drain and compare', () => {
  const node = fc.constantFrom(...nodeNames)
  const step = fc.constantFrom('seal', 'drain', 'compare', 'open', 'repoint')
  const event = fc.oneof(
    node.map((name): KeeperEvent => ({ kind: 'process-gone', node: name })),
    node.map((name): KeeperEvent => ({ kind: 'process-started', node: name })),
    node.map((name): KeeperEvent => ({ kind: 'answered', node: name })),
    node.map((name): KeeperEvent => ({ kind: 'missed', node: name, reason: 'timeout' })),
    step.map((kind): KeeperEvent => ({ kind: 'step-done', step: kind as 'seal' })),
    step.map((kind): KeeperEvent => ({ kind: 'step-failed', step: kind as 'seal', reason: 'x' })),
    fc.constant<KeeperEvent>({ kind: 'resume' }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const watch = { published: null as Topology | null, done: [] as string[] }
      let state = initialKeeperState(healthyTopology())
      for (const each of events) {
        if (each.kind === 'step-done' && state.failover?.step === each.step) watch.done.push(each.step)
        const stepped = stepKeeper(state, each, limits)
        for (const effect of stepped.effects) checkEffect(watch, effect)
        state = stepped.state
      }
    }),
    { numRuns: 2000 },
  )
})

function checkEffect(watch: { published: Topology | null; done: string[] }, effect: KeeperEffect): void {
  if (effect.kind === 'perform' && effect.step.kind === 'seal') watch.done = []
  if (effect.kind !== 'publish') return
  const { topology } = effect
  expect(isNewer(topology, watch.published)).toBe(true)
  expect(topology.nodes.filter((node) => node.role === 'master').length).toBeLessThanOrEqual(1)
  if (watch.published && topology.epoch > watch.published.epoch)
    expect(watch.done).toEqual(['seal', 'drain', 'compare', 'open'])
  watch.published = topology
}

function run(events: readonly KeeperEvent[]): { state: KeeperState; effects: KeeperEffect[] } {
  let state = initialKeeperState(healthyTopology())
  const effects: KeeperEffect[] = []
  for (const event of events) {
    const stepped = stepKeeper(state, event, limits)
    state = stepped.state
    effects.push(...stepped.effects)
  }
  return { state, effects }
}

function allSteps(): KeeperEvent[] {
  return (['seal', 'drain', 'compare', 'open'] as const).map((step) => ({ kind: 'step-done', step }))
}

function rolesOf(topology: Topology): Record<string, Role> {
  return Object.fromEntries(topology.nodes.map((node) => [node.name, node.role]))
}

function healthyTopology(): Topology {
  const endpoint = { host: '127.0.0.1', port: 1, socketPath: '/x', controlPort: 2 }
  const node = (name: NodeName, role: Role, source: NodeName | null) => ({
    name,
    role,
    endpoint,
    source,
    serving: true,
  })
  return {
    epoch: 1,
    version: 1,
    master: db1,
    reason: 'test',
    nodes: [
      node(db1, 'master', null),
      node(db2, 'shadow', db1),
      node(db3, 'slave-1', db2),
      node(db4, 'slave-2', db2),
    ],
  }
}
