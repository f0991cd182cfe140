import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../../src/model/node.js'
import {
  defaultRouterLimits,
  initialRouterState,
  type RouterEffect,
  type RouterEvent,
  type RouterState,
  type RouterStep,
} from '../../../src/protocol/router/state.js'
import { stepRouter } from '../../../src/protocol/router/step.js'
import type { ReadMode, Wish } from '../../../src/protocol/router/wish.js'
import { topologyOf } from '../../support/topologies.js'

const limits = { ...defaultRouterLimits, heldMax: 3 }
const leased = { ...limits, leaseMs: 500 }

/** Runs events from the initial state; gives the effects of the last one and the state after it. */
function run(...events: RouterEvent[]): RouterStep {
  return from(initialRouterState, limits, ...events)
}

function from(state: RouterState, under: typeof limits, ...events: RouterEvent[]): RouterStep {
  let step: RouterStep = { state, effects: [] }
  for (const event of events) step = stepRouter(step.state, event, under)
  return step
}

const topology = (input: Parameters<typeof topologyOf>[0], nowMs = 0): RouterEvent => ({
  kind: 'topology',
  topology: topologyOf(input),
  nowMs,
})
const confirmed = (input: Parameters<typeof topologyOf>[0], confirmedAtMs: number): RouterEvent => ({
  kind: 'topology',
  topology: topologyOf(input),
  nowMs: confirmedAtMs,
  confirmedAtMs,
})
const write = (request: number, nowMs = 0, deadlineMs = 1000): RouterEvent => ({
  kind: 'ask',
  mode: 'master',
  request,
  nowMs,
  deadlineMs,
})
const read = (
  request: number,
  nowMs = 0,
  wish: Partial<Wish> & { readonly mode?: ReadMode } = {},
): RouterEvent => ({ kind: 'ask', mode: 'any', request, nowMs, deadlineMs: nowMs + 1000, ...wish })
const bounced = (
  request: number,
  from: { readonly node: string; readonly epoch?: number; readonly mode?: ReadMode },
  nowMs: number,
): RouterEvent => ({
  kind: 'bounced',
  request,
  node: from.node as NodeName,
  epoch: from.epoch ?? 1,
  mode: from.mode ?? 'master',
  nowMs,
  deadlineMs: 1000,
})
const lag = (node: string, lagMs: number | null, nowMs = 0): RouterEvent => ({
  kind: 'lag',
  node: node as NodeName,
  lagMs,
  nowMs,
})
const sentTo = (effects: readonly RouterEffect[]) =>
  effects.flatMap((effect) =>
    effect.kind === 'send' ? [`${effect.request}>${effect.node}@${effect.epoch}`] : [],
  )
const kinds = (effects: readonly RouterEffect[]) => effects.map((effect) => effect.kind)
const drops = (effects: readonly RouterEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'drop' ? [`${effect.how} ${effect.node}`] : []))

describe('topology', () => {
  test('a newer epoch or version is adopted, an older one changes nothing', () => {
    const { state } = run(topology({ epoch: 3, version: 2 }))

    for (const stale of [
      topology({ epoch: 2, version: 9 }),
      topology({ epoch: 3, version: 2 }),
      confirmed({ epoch: 2, version: 9 }, 100),
    ]) {
      expect(stepRouter(state, stale, limits)).toEqual({ state, effects: [] })
    }
    const next = stepRouter(state, topology({ epoch: 3, version: 3 }), limits)
    expect(next.effects).toMatchObject([{ kind: 'adopted', newEpoch: false }])
  })

  test('a node that no longer serves is cut; in a new epoch every other connection is retired', () => {
    const { effects } = run(topology({ epoch: 1 }), topology({ epoch: 2, order: [2, 3, 4, 1], down: [1] }))

    expect(drops(effects)).toEqual(['cut db-1', 'retire db-2', 'retire db-3', 'retire db-4'])
  })

  test('in a planned change of roles nothing is cut: the old master goes on serving, and what runs on it ends', () => {
    const closing = run(topology({ epoch: 1 }), topology({ epoch: 1, version: 2, master: false }))
    expect(kinds(closing.effects)).toEqual(['adopted'])

    const opened = from(closing.state, limits, topology({ epoch: 2, order: [2, 1, 3, 4] }))
    expect(drops(opened.effects)).toEqual(['retire db-1', 'retire db-2', 'retire db-3', 'retire db-4'])
  })

  test('in a failover the old master is cut as soon as it is closed', () => {
    const { effects } = run(
      topology({ epoch: 1 }),
      topology({ epoch: 1, version: 2, master: false, down: [1] }),
    )

    expect(drops(effects)).toEqual(['cut db-1'])
  })

  test('inside an epoch only a node that stops serving, or moves to another address, is left', () => {
    const without = run(topology({ epoch: 1 }), topology({ epoch: 1, version: 2, down: [3] }))
    expect(drops(without.effects)).toEqual(['cut db-3'])

    const moved = topologyOf({ epoch: 1, version: 2 })
    const nodes = moved.nodes.map((node) =>
      node.name === 'db-4' ? { ...node, endpoint: { ...node.endpoint, socketPath: '/elsewhere' } } : node,
    )
    const after = run(topology({ epoch: 1 }), {
      kind: 'topology',
      topology: { ...moved, nodes },
      nowMs: 0,
    })
    expect(drops(after.effects)).toEqual(['retire db-4'])
  })
})

describe('writes', () => {
  test('a write goes to the master of the present epoch', () => {
    expect(sentTo(run(topology({ epoch: 7, order: [2, 1, 3, 4] }), write(1)).effects)).toEqual(['1>db-2@7'])
  })

  test('while there is no master writes are held, then let go in order', () => {
    const held = run(
      topology({ epoch: 1, master: false }),
      write(1),
      write(2),
      read(3, 0, { mode: 'master' }),
    )
    expect(held.state.held.map((each) => each.request)).toEqual([1, 2, 3])

    const released = stepRouter(
      held.state,
      topology({ epoch: 2, order: [2, 3, 4, 1], down: [1] }, 500),
      limits,
    )

    expect(sentTo(released.effects)).toEqual(['1>db-2@2', '2>db-2@2', '3>db-2@2'])
    expect(released.state.held).toEqual([])
  })

  test('a held write is rejected at its deadline, and asks to be woken for it', () => {
    const held = run(topology({ epoch: 1, master: false }), write(1, 0, 400), write(2, 0, 900))
    expect(held.effects).toEqual([{ kind: 'wake', atMs: 900 }])

    const ticked = stepRouter(held.state, { kind: 'tick', nowMs: 400 }, limits)

    expect(ticked.effects).toEqual([
      { kind: 'reject', request: 1, reason: 'no-master' },
      { kind: 'wake', atMs: 900 },
    ])
  })

  test('a held write past its deadline is not sent, even when the master comes back first', () => {
    const held = run(topology({ epoch: 1, master: false }), write(1, 0, 400))

    const late = stepRouter(held.state, topology({ epoch: 2 }, 401), limits)

    expect(sentTo(late.effects)).toEqual([])
    expect(late.effects).toContainEqual({ kind: 'reject', request: 1, reason: 'no-master' })
  })

  test('the queue of held writes is bounded', () => {
    const full = run(topology({ epoch: 1, master: false }), write(1), write(2), write(3), write(4))

    expect(full.effects).toEqual([{ kind: 'reject', request: 4, reason: 'queue-full' }])
  })

  test('a withdrawn write is forgotten', () => {
    const { state } = run(topology({ epoch: 1, master: false }), write(1), {
      kind: 'withdrawn',
      request: 1,
    })

    expect(sentTo(stepRouter(state, topology({ epoch: 2 }), limits).effects)).toEqual([])
  })

  test('a bounced write asks for news, and is tried again after a pause', () => {
    const waiting = run(topology({ epoch: 1 }), write(1), bounced(1, { node: 'db-1' }, 100))

    expect(waiting.effects).toEqual([{ kind: 'wake', atMs: 100 + limits.retryAfterMs }, { kind: 'resolve' }])
    expect(sentTo(stepRouter(waiting.state, { kind: 'tick', nowMs: 149 }, limits).effects)).toEqual([])
    expect(sentTo(stepRouter(waiting.state, { kind: 'tick', nowMs: 150 }, limits).effects)).toEqual([
      '1>db-1@1',
    ])
  })

  test('a bounced write goes on at once when the epoch has changed meanwhile, also to the same node', () => {
    const moved = run(topology({ epoch: 2, order: [2, 3, 4, 1] }), bounced(1, { node: 'db-1' }, 100))
    expect(sentTo(moved.effects)).toEqual(['1>db-2@2'])

    const reopened = run(topology({ epoch: 2 }), bounced(1, { node: 'db-1', epoch: 1 }, 100))
    expect(sentTo(reopened.effects)).toEqual(['1>db-1@2'])
  })

  test('a bounced write waits for the new master once the old one is known to be gone', () => {
    const { state } = run(
      topology({ epoch: 1 }),
      bounced(1, { node: 'db-1' }, 100),
      topology({ epoch: 1, version: 2, master: false }, 120),
    )

    const ticked = stepRouter(state, { kind: 'tick', nowMs: 200 }, limits)
    expect(ticked.effects).toEqual([{ kind: 'wake', atMs: 1000 }])
    expect(
      sentTo(stepRouter(ticked.state, topology({ epoch: 2, order: [2, 3, 4, 1] }, 300), limits).effects),
    ).toEqual(['1>db-2@2'])
  })

  test('before the first topology requests wait, and say so at their deadline', () => {
    const { state } = run(write(1, 0, 100))

    expect(stepRouter(state, { kind: 'tick', nowMs: 100 }, limits).effects).toEqual([
      { kind: 'reject', request: 1, reason: 'no-topology' },
    ])
  })
})

/** Where `count` reads go, one after the other. */
function readsOf(
  state: RouterState,
  count: number,
  wish: Partial<Wish> & { readonly nowMs?: number } = {},
): string[] {
  const { nowMs = 0, ...rest } = wish
  const seen: string[] = []
  let current = state
  for (let request = 0; request < count; request++) {
    const step = stepRouter(current, read(request, nowMs, rest), limits)
    current = step.state
    for (const effect of step.effects) if (effect.kind === 'send') seen.push(effect.node)
  }
  return seen
}

describe('reads that anybody may serve', () => {
  test('they go round shadow and slaves, never to the master', () => {
    const { state } = run(topology({ epoch: 1 }))

    expect(readsOf(state, 6)).toEqual(['db-2', 'db-3', 'db-4', 'db-2', 'db-3', 'db-4'])
  })

  test('who takes them is switched by the topology, at once', () => {
    const slavesOnly = { ...topologyOf({ epoch: 1, version: 2 }), reads: ['slaves'] as const }
    const withMaster = { ...topologyOf({ epoch: 1, version: 3 }), reads: ['master', 'slaves'] as const }
    const first = run(topology({ epoch: 1 }), { kind: 'topology', topology: slavesOnly, nowMs: 0 })
    const second = from(first.state, limits, { kind: 'topology', topology: withMaster, nowMs: 0 })

    expect(readsOf(first.state, 4)).toEqual(['db-3', 'db-4', 'db-3', 'db-4'])
    expect(readsOf(second.state, 3)).toEqual(['db-1', 'db-3', 'db-4'])
  })

  test('a reader that lags is left out, and comes back only when it is clearly well', () => {
    const lagging = run(topology({ epoch: 1 }), lag('db-3', limits.lagMsMax + 1)).state
    expect(readsOf(lagging, 4)).toEqual(['db-2', 'db-4', 'db-2', 'db-4'])

    const between = stepRouter(lagging, lag('db-3', limits.lagMsReturn + 1), limits).state
    expect(readsOf(between, 4)).not.toContain('db-3')

    const well = stepRouter(between, lag('db-3', limits.lagMsReturn), limits).state
    expect(readsOf(well, 3)).toContain('db-3')
  })

  test('a read that bounced goes to another reader, and the first is benched for a while', () => {
    const step = run(topology({ epoch: 1 }), bounced(9, { node: 'db-2', mode: 'any' }, 100))

    expect(sentTo(step.effects)[0]).not.toContain('db-2')
    expect(readsOf(step.state, 4, { nowMs: 200 })).not.toContain('db-2')
    expect(readsOf(step.state, 3, { nowMs: 100 + limits.benchMs })).toContain('db-2')
  })

  test('a reader whose connections were left with their epoch is not to blame', () => {
    const step = run(topology({ epoch: 2 }), bounced(9, { node: 'db-2', epoch: 1, mode: 'any' }, 100))

    expect(readsOf(step.state, 3, { nowMs: 200 })).toContain('db-2')
  })

  test('without a fit reader the master reads', () => {
    const { state } = run(topology({ epoch: 1, down: [2, 3, 4] }))

    expect(readsOf(state, 2)).toEqual(['db-1', 'db-1'])
  })
})

describe('reads of bounded staleness', () => {
  const bounded = { mode: 'bounded', maxLagMs: 1000 } as const

  test('they go to readers that are known to be within the bound only', () => {
    const { state } = run(topology({ epoch: 1 }), lag('db-2', 300), lag('db-3', 1001), lag('db-4', null))

    expect(readsOf(state, 3, bounded)).toEqual(['db-2', 'db-2', 'db-2'])
  })

  test('a measure grows old: the reader may have stood still since', () => {
    const { state } = run(topology({ epoch: 1 }), lag('db-2', 300, 5000))

    expect(readsOf(state, 1, { ...bounded, nowMs: 5700 })).toEqual(['db-2'])
    expect(readsOf(state, 1, { ...bounded, nowMs: 5701 })).toEqual(['db-1'])
  })

  test('a reader that was away is not known any more', () => {
    const { state } = run(
      topology({ epoch: 1 }),
      lag('db-2', 0),
      topology({ epoch: 1, version: 2, down: [2] }),
      topology({ epoch: 1, version: 3 }),
    )

    expect(readsOf(state, 1, bounded)).toEqual(['db-1'])
  })
})

describe("reads of a session's own writes", () => {
  const own = { mode: 'read-your-writes', minEpoch: 1 } as const

  test('a replica that lacks them is not asked again; after two the master reads', () => {
    const { state } = run(topology({ epoch: 1 }))

    const one = { ...own, avoid: ['db-2' as NodeName] }
    expect(readsOf(state, 4, one)).toEqual(['db-3', 'db-4', 'db-3', 'db-4'])
    const two = { ...own, avoid: ['db-2' as NodeName, 'db-4' as NodeName] }
    expect(readsOf(state, 1, two)).toEqual(['db-1'])
  })

  test('a router that has not heard of the epoch asks for it first', () => {
    const known = run(topology({ epoch: 1 }))
    const early = from(known.state, limits, read(1, 0, { mode: 'read-your-writes', minEpoch: 2 }))
    expect(kinds(early.effects)).toEqual(['wake', 'resolve'])

    const heard = from(early.state, limits, confirmed({ epoch: 2, order: [2, 1, 3, 4] }, 30))
    expect(sentTo(heard.effects)).toEqual(['1>db-1@2'])
  })
})

describe('the lease on the master', () => {
  const asks = (nowMs: number) => [write(1, nowMs, nowMs + 1000), read(2, nowMs, { mode: 'master' })]

  test('nothing goes to a master that was not confirmed for too long, until it is asked for', () => {
    const { state } = run(confirmed({ epoch: 1 }, 100))
    for (const ask of asks(600)) expect(sentTo(from(state, leased, ask).effects)).toHaveLength(1)

    const late = from(state, leased, ...asks(601))
    expect(sentTo(late.effects)).toEqual([])
    expect(late.effects).toContainEqual({ kind: 'resolve' })

    const again = from(late.state, leased, confirmed({ epoch: 1 }, 602))
    expect(sentTo(again.effects)).toEqual(['1>db-1@1', '2>db-1@1'])
  })

  test('half-way through it is renewed, and nobody waits for that', () => {
    const { state } = run(confirmed({ epoch: 1 }, 100))

    expect(kinds(from(state, leased, write(1, 350)).effects)).toEqual(['send'])
    expect(kinds(from(state, leased, write(1, 351)).effects)).toEqual(['send', 'resolve'])
  })

  test('who was away while the master changed hears of it before the next read', () => {
    const { state } = run(confirmed({ epoch: 1 }, 100))

    const late = from(state, leased, ...asks(5000), confirmed({ epoch: 2, order: [2, 1, 3, 4] }, 5001))

    expect(sentTo(late.effects)).toEqual(['1>db-2@2', '2>db-2@2'])
  })

  test('a message that came by itself confirms nothing: it may have lain in a buffer', () => {
    const { state } = run(confirmed({ epoch: 1 }, 100), topology({ epoch: 2 }, 5000))

    expect(kinds(from(state, leased, write(1, 5000, 6000)).effects)).toEqual(['wake', 'resolve'])
  })

  test('a newer topology keeps the confirmation of the one before', () => {
    const { state } = run(confirmed({ epoch: 1 }, 100), topology({ epoch: 2, order: [2, 1, 3, 4] }, 200))

    expect(sentTo(from(state, leased, write(1, 300)).effects)).toEqual(['1>db-2@2'])
  })

  test('who cannot be told in time is refused, and says why; it asks again and again until then', () => {
    const { state } = run(confirmed({ epoch: 1 }, 0))
    const waiting = from(state, leased, write(1, 1000, 1100))

    const asksAgain = from(waiting.state, leased, { kind: 'tick', nowMs: 1050 })
    expect(kinds(asksAgain.effects)).toEqual(['resolve', 'wake'])

    const over = from(asksAgain.state, leased, { kind: 'tick', nowMs: 1100 })
    expect(over.effects).toEqual([{ kind: 'reject', request: 1, reason: 'unconfirmed' }])
  })

  test('replicas need no lease', () => {
    const { state } = run(confirmed({ epoch: 1 }, 0))

    expect(sentTo(from(state, leased, read(1, 60_000)).effects)).toEqual(['1>db-2@1'])
  })
})
