import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeName } from '../../../src/model/node.js'
import {
  defaultRouterLimits,
  initialRouterState,
  type ReadMode,
  type RouterEffect,
  type RouterEvent,
  stepRouter,
} from '../../../src/protocol/router.js'
import { topologyOf } from '../../support/topologies.js'

const limits = { ...defaultRouterLimits, heldMax: 8 }

test('whatever the order of events: one owner per request, the current master only, epochs never back', () => {
  fc.assert(
    fc.property(seeds, (run) => {
      const world = new World()
      for (const [waitedMs, seed] of run) world.feed(waitedMs, seed)
    }),
    { numRuns: 1500 },
  )
})

/** An event without its time and its request number, which the world fills in. */
type Seed =
  | { kind: 'topology'; epoch: number; version: number; order: number[]; master: boolean; down: number[] }
  | { kind: 'ask'; what: 'write' | ReadMode; waitMs: number }
  | { kind: 'bounce'; pick: number }
  | { kind: 'lag'; node: number; lagMs: number | null }
  | { kind: 'withdraw'; pick: number }
  | { kind: 'tick' }

const seed: fc.Arbitrary<Seed> = fc.oneof(
  fc.record({
    kind: fc.constant('topology' as const),
    epoch: fc.integer({ min: 1, max: 5 }),
    version: fc.integer({ min: 1, max: 4 }),
    order: fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 }),
    master: fc.boolean(),
    down: fc.subarray([1, 2, 3, 4]),
  }),
  fc.record({
    kind: fc.constant('ask' as const),
    what: fc.constantFrom('write' as const, 'master' as const, 'any' as const),
    waitMs: fc.nat(500),
  }),
  fc.record({ kind: fc.constant('bounce' as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constant('lag' as const),
    node: fc.integer({ min: 1, max: 4 }),
    lagMs: fc.option(fc.nat(9000)),
  }),
  fc.record({ kind: fc.constant('withdraw' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('tick' as const) }),
)

const seeds = fc.array(fc.tuple(fc.nat(300), seed), { maxLength: 80 })

interface Asked {
  readonly mode: ReadMode
  readonly deadlineMs: number
}

/** Feeds the machine and keeps its own books of every request, to compare with what the machine says. */
class World {
  private state = initialRouterState
  private nowMs = 0
  private readonly asked = new Map<number, Asked>()
  private readonly sent = new Map<number, NodeName>()
  private readonly ended = new Set<number>()
  private heldInOrder: number[] = []

  feed(waitedMs: number, seed: Seed): void {
    this.nowMs += waitedMs
    const event = this.eventOf(seed)
    if (!event) return
    const epochBefore = this.state.topology?.epoch ?? 0
    const textBefore = JSON.stringify(this.state)
    const step = stepRouter(this.state, event, limits)
    expect(JSON.stringify(this.state)).toBe(textBefore)

    this.state = JSON.parse(JSON.stringify(step.state))
    expect(this.state.topology?.epoch ?? 0).toBeGreaterThanOrEqual(epochBefore)
    this.checkSends(step.effects, event)
    for (const effect of step.effects) if (effect.kind === 'reject') this.end(effect.request)
    if (event.kind === 'withdrawn') this.ended.add(event.request)
    this.checkEveryRequestIsSomewhere()
  }

  private checkSends(effects: readonly RouterEffect[], event: RouterEvent): void {
    const released: number[] = []
    for (const effect of effects) {
      if (effect.kind !== 'send') continue
      const asked = this.asked.get(effect.request)!
      expect(this.ended.has(effect.request) || this.sent.has(effect.request)).toBe(false)
      expect(effect.epoch).toBe(this.state.topology?.epoch)
      if (asked.mode === 'master') expect(effect.node).toBe(this.state.topology?.master)
      this.sent.set(effect.request, effect.node)
      if (event.kind !== 'tick' && event.kind !== 'topology') continue
      expect(asked.deadlineMs).toBeGreaterThan(this.nowMs)
      released.push(effect.request)
    }
    expect(released).toEqual(this.heldInOrder.filter((request) => released.includes(request)))
  }

  private end(request: number): void {
    expect(this.ended.has(request) || this.sent.has(request)).toBe(false)
    this.ended.add(request)
  }

  private checkEveryRequestIsSomewhere(): void {
    const held = this.state.held.map((each) => each.request)
    const before = this.heldInOrder
    this.heldInOrder = [
      ...before.filter((request) => held.includes(request)),
      ...held.filter((request) => !before.includes(request)),
    ]
    expect(held.length).toBeLessThanOrEqual(limits.heldMax)
    for (const request of this.asked.keys()) {
      const places = [this.sent.has(request), this.heldInOrder.includes(request), this.ended.has(request)]
      expect(places.filter(Boolean)).toHaveLength(1)
    }
  }

  private eventOf(seed: Seed): RouterEvent | null {
    const { nowMs } = this
    switch (seed.kind) {
      case 'topology':
        return { kind: 'topology', topology: topologyOf(seed), nowMs }
      case 'ask':
        return this.ask(seed)
      case 'bounce':
        return this.bounce(seed.pick)
      case 'lag':
        return { kind: 'lag', node: `db-${seed.node}` as NodeName, lagMs: seed.lagMs }
      case 'withdraw': {
        const each = this.state.held[seed.pick % Math.max(1, this.state.held.length)]
        return each ? { kind: 'withdrawn', request: each.request } : null
      }
      case 'tick':
        return { kind: 'tick', nowMs }
    }
  }

  private ask(seed: Seed & { kind: 'ask' }): RouterEvent {
    const { nowMs } = this
    const request = this.asked.size + 1
    const deadlineMs = nowMs + seed.waitMs
    const mode = seed.what === 'any' ? 'any' : 'master'
    this.asked.set(request, { mode, deadlineMs })
    return seed.what === 'write'
      ? { kind: 'write', request, nowMs, deadlineMs }
      : { kind: 'read', mode, request, nowMs, deadlineMs }
  }

  private bounce(pick: number): RouterEvent | null {
    const [request, node] = [...this.sent][pick % Math.max(1, this.sent.size)] ?? []
    if (request === undefined || node === undefined) return null
    this.sent.delete(request)
    return { kind: 'bounced', request, node, nowMs: this.nowMs, ...this.asked.get(request)! }
  }
}
