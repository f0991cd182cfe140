import { describe, expect, test } from 'vitest'
import type { NodeName } from '../../../src/model/node.js'
import {
  defaultRouterLimits,
  initialRouterState,
  type RouterEffect,
  type RouterEvent,
  type RouterState,
  stepRouter,
} from '../../../src/protocol/router.js'
import { topologyOf } from '../../support/topologies.js'

const limits = { ...defaultRouterLimits, heldMax: 3 }

/** Runs events from the initial state; gives the effects of the last one and the state after it. */
function run(...events: RouterEvent[]): { state: RouterState; effects: readonly RouterEffect[] } {
  let step: { state: RouterState; effects: readonly RouterEffect[] } = {
    state: initialRouterState,
    effects: [],
  }
  for (const event of events) step = stepRouter(step.state, event, limits)
  return step
}

const topology = (input: Parameters<typeof topologyOf>[0], nowMs = 0): RouterEvent => ({
  kind: 'topology',
  topology: topologyOf(input),
  nowMs,
})
const write = (request: number, nowMs = 0, deadlineMs = 1000): RouterEvent => ({
  kind: 'write',
  request,
  nowMs,
  deadlineMs,
})
const read = (request: number, nowMs = 0, mode: 'any' | 'master' = 'any'): RouterEvent => ({
  kind: 'read',
  mode,
  request,
  nowMs,
  deadlineMs: nowMs + 1000,
})
const bounced = (
  request: number,
  node: string,
  nowMs: number,
  mode: 'any' | 'master' = 'master',
): RouterEvent => ({
  kind: 'bounced',
  request,
  node: node as NodeName,
  mode,
  nowMs,
  deadlineMs: 1000,
})
const sentTo = (effects: readonly RouterEffect[]) =>
  effects.flatMap((effect) =>
    effect.kind === 'send' ? [`${effect.request}>${effect.node}@${effect.epoch}`] : [],
  )
const kinds = (effects: readonly RouterEffect[]) => effects.map((effect) => effect.kind)

describe('topology', () => {
  test('a newer epoch or version is adopted, an older one changes nothing', () => {
    const { state } = run(topology({ epoch: 3, version: 2 }))

    for (const stale of [topology({ epoch: 2, version: 9 }), topology({ epoch: 3, version: 2 })]) {
      expect(stepRouter(state, stale, limits)).toEqual({ state, effects: [] })
    }
    const next = stepRouter(state, topology({ epoch: 3, version: 3 }), limits)
    expect(next.effects).toMatchObject([{ kind: 'adopted', newEpoch: false }])
  })

  test('a new epoch cuts the old master and retires every other connection of the old epoch', () => {
    const { effects } = run(topology({ epoch: 1 }), topology({ epoch: 2, order: [2, 3, 4, 1], down: [1] }))

    expect(effects.filter((effect) => effect.kind === 'drop')).toEqual([
      { kind: 'drop', node: 'db-1', how: 'cut' },
      { kind: 'drop', node: 'db-2', how: 'retire' },
      { kind: 'drop', node: 'db-3', how: 'retire' },
      { kind: 'drop', node: 'db-4', how: 'retire' },
    ])
  })

  test('inside an epoch only a node that stops serving is cut; a master that closes may finish', () => {
    const closing = run(topology({ epoch: 1 }), topology({ epoch: 1, version: 2, master: false }))
    expect(kinds(closing.effects)).toEqual(['adopted'])

    const without = run(topology({ epoch: 1 }), topology({ epoch: 1, version: 2, down: [3] }))
    expect(without.effects).toContainEqual({ kind: 'drop', node: 'db-3', how: 'cut' })
  })
})

describe('writes', () => {
  test('a write goes to the master of the present epoch', () => {
    expect(sentTo(run(topology({ epoch: 7, order: [2, 1, 3, 4] }), write(1)).effects)).toEqual(['1>db-2@7'])
  })

  test('while there is no master writes are held, then let go in order', () => {
    const held = run(topology({ epoch: 1, master: false }), write(1), write(2), read(3, 0, 'master'))
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

  test('a bounced write is tried again after a pause, or at once when the master changed meanwhile', () => {
    const waiting = run(topology({ epoch: 1 }), write(1), bounced(1, 'db-1', 100))
    expect(waiting.effects).toEqual([{ kind: 'wake', atMs: 100 + limits.retryAfterMs }])
    expect(sentTo(stepRouter(waiting.state, { kind: 'tick', nowMs: 149 }, limits).effects)).toEqual([])
    expect(sentTo(stepRouter(waiting.state, { kind: 'tick', nowMs: 150 }, limits).effects)).toEqual([
      '1>db-1@1',
    ])

    const moved = run(topology({ epoch: 2, order: [2, 3, 4, 1] }), bounced(1, 'db-1', 100))
    expect(sentTo(moved.effects)).toEqual(['1>db-2@2'])
  })

  test('a bounced write waits for the new master once the old one is known to be gone', () => {
    const { state } = run(
      topology({ epoch: 1 }),
      bounced(1, 'db-1', 100),
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

describe('reads', () => {
  const readersOf = (state: RouterState, count: number, nowMs = 0) => {
    const seen: string[] = []
    let current = state
    for (let request = 0; request < count; request++) {
      const step = stepRouter(current, read(request, nowMs), limits)
      current = step.state
      for (const effect of step.effects) if (effect.kind === 'send') seen.push(effect.node)
    }
    return seen
  }

  test('reads go round shadow and slaves, never to the master', () => {
    const { state } = run(topology({ epoch: 1 }))

    expect(readersOf(state, 6)).toEqual(['db-2', 'db-3', 'db-4', 'db-2', 'db-3', 'db-4'])
  })

  test('a reader that lags is left out, and comes back only when it is clearly well', () => {
    const lag = (node: string, lagMs: number | null): RouterEvent => ({
      kind: 'lag',
      node: node as NodeName,
      lagMs,
    })
    const lagging = run(topology({ epoch: 1 }), lag('db-3', limits.lagMsMax + 1)).state
    expect(readersOf(lagging, 4)).toEqual(['db-2', 'db-4', 'db-2', 'db-4'])

    const between = stepRouter(lagging, lag('db-3', limits.lagMsReturn + 1), limits).state
    expect(readersOf(between, 4)).not.toContain('db-3')

    const well = stepRouter(between, lag('db-3', limits.lagMsReturn), limits).state
    expect(readersOf(well, 3)).toContain('db-3')
  })

  test('a read that bounced goes to another reader, and the first is benched for a while', () => {
    const step = run(topology({ epoch: 1 }), bounced(9, 'db-2', 100, 'any'))

    expect(sentTo(step.effects)[0]).not.toContain('db-2')
    expect(readersOf(step.state, 4, 200)).not.toContain('db-2')
    expect(readersOf(step.state, 3, 100 + limits.benchMs)).toContain('db-2')
  })

  test('without a fit reader the master reads', () => {
    const { state } = run(topology({ epoch: 1, down: [2, 3, 4] }))

    expect(readersOf(state, 2)).toEqual(['db-1', 'db-1'])
  })
})
