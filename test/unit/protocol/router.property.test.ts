import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeName } from '../../../src/model/node.js'
import { isNewer, nodeOf, readerKinds, type Topology } from '../../../src/model/topology.js'
import {
  defaultRouterLimits,
  initialRouterState,
  type RouterEffect,
  type RouterEvent,
  type RouterLimits,
} from '../../../src/protocol/router/state.js'
import { stepRouter } from '../../../src/protocol/router/step.js'
import type { ReadMode, Wish } from '../../../src/protocol/router/wish.js'
import { topologyOf } from '../../support/topologies.js'

const limits = { ...defaultRouterLimits, heldMax: 2, leaseMs: 400 }
const roomy = { ...limits, heldMax: 8 }

test('whatever the order of events, no request is lost or misled, and no older topology changes anything', () => {
  fc.assert(
    fc.property(seeds, (run) => {
      const world = new World(limits)
      for (const [waitedMs, seed] of run) world.feed(waitedMs, seed)
    }),
    { numRuns: 2000 },
  )
})

test('whoever is held is let go in order as soon as there is a master, unless its deadline has passed', () => {
  const ask = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 600 }))
  fc.assert(
    fc.property(fc.array(ask, { maxLength: roomy.heldMax }), fc.nat(400), (asks, openedAfterMs) => {
      const world = new World(roomy)
      world.feed(0, { ...closed, master: false })
      for (const [waitedMs, waitMs] of asks) world.feed(waitedMs, { ...writing, waitMs })

      const released = world.feed(openedAfterMs, { ...closed, epoch: 2, master: true, confirmedAgoMs: 0 })

      const inTime = world.requests().filter((each) => each.deadlineMs > world.nowMs)
      expect(released).toEqual(inTime.map((each) => each.request))
      expect(world.heldCount).toBe(0)
    }),
    { numRuns: 500 },
  )
})

const closed = { kind: 'topology' as const, epoch: 1, version: 1, order: [1, 2, 3, 4], down: [], reads: [] }
const writing = { kind: 'ask' as const, mode: 'master' as const, maxLagMs: 0, minEpoch: 0, avoid: [] }

/** An event without its time and its request number, which the world fills in. */
type Seed =
  | {
      kind: 'topology'
      epoch: number
      version: number
      order: number[]
      master: boolean
      down: number[]
      reads: (typeof readerKinds)[number][]
      confirmedAgoMs?: number | undefined
    }
  | { kind: 'ask'; mode: ReadMode; waitMs: number; maxLagMs: number; minEpoch: number; avoid: number[] }
  | { kind: 'bounce'; pick: number }
  | { kind: 'again'; pick: number }
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
    reads: fc.shuffledSubarray([...readerKinds]),
    confirmedAgoMs: fc.option(fc.nat(300), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('ask' as const),
    mode: fc.constantFrom<ReadMode>('master', 'master', 'read-your-writes', 'bounded', 'any'),
    waitMs: fc.nat(500),
    maxLagMs: fc.nat(3000),
    minEpoch: fc.nat(4),
    avoid: fc.subarray([1, 2, 3, 4]),
  }),
  fc.record({ kind: fc.constant('bounce' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('again' as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constant('lag' as const),
    node: fc.integer({ min: 1, max: 4 }),
    lagMs: fc.option(fc.nat(9000)),
  }),
  fc.record({ kind: fc.constant('withdraw' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('tick' as const) }),
)

const seeds = fc.array(fc.tuple(fc.nat(300), seed), { maxLength: 80 })

const nodeNamed = (number: number) => `db-${number}` as NodeName

/** Feeds the machine and keeps its own books of every request, to compare with what the machine says. */
class World {
  private state = initialRouterState
  nowMs = 0
  private newest: Topology | null = null
  private confirmedAtMs: number | null = null
  private readonly lags = new Map<NodeName, { readonly lagMs: number; readonly atMs: number }>()
  private readonly asked = new Map<number, Wish>()
  private readonly sent = new Map<number, { readonly node: NodeName; readonly epoch: number }>()
  private readonly ended = new Set<number>()
  private heldInOrder: number[] = []

  constructor(private readonly limits: RouterLimits) {}

  /** Gives the requests that were sent, in order. */
  feed(waitedMs: number, seed: Seed): number[] {
    this.nowMs += waitedMs
    const event = this.eventOf(seed)
    if (!event) return []
    const before = this.state
    const textBefore = JSON.stringify(before)
    const isStale = event.kind === 'topology' && this.newest !== null && isNewer(this.newest, event.topology)
    this.note(event)

    const step = stepRouter(this.state, event, this.limits)

    expect(JSON.stringify(before), 'the state is never changed in place').toBe(textBefore)
    if (isStale) expect(step).toEqual({ state: before, effects: [] })
    this.state = JSON.parse(JSON.stringify(step.state))
    expect(this.state.topology?.epoch).toBe(this.newest?.epoch)
    expect(this.state.topology?.version).toBe(this.newest?.version)
    const sent = this.checkSends(step.effects, event)
    for (const effect of step.effects) if (effect.kind === 'reject') this.end(effect.request)
    if (event.kind === 'withdrawn') this.ended.add(event.request)
    this.checkEveryRequestIsSomewhere()
    this.checkWaking(step.effects, event)
    return sent
  }

  requests(): readonly Wish[] {
    return [...this.asked.values()]
  }

  get heldCount(): number {
    return this.state.held.length
  }

  /** What the world itself knows, from the events alone. */
  private note(event: RouterEvent): void {
    if (event.kind === 'lag') {
      if (event.lagMs === null) this.lags.delete(event.node)
      else this.lags.set(event.node, { lagMs: event.lagMs, atMs: this.nowMs })
    }
    if (event.kind !== 'topology') return
    if (this.newest !== null && isNewer(this.newest, event.topology)) return
    if (isNewer(event.topology, this.newest)) {
      this.newest = event.topology
      for (const { name, serving } of event.topology.nodes) if (!serving) this.lags.delete(name)
    }
    if (event.confirmedAtMs !== undefined)
      this.confirmedAtMs = Math.max(this.confirmedAtMs ?? 0, event.confirmedAtMs)
  }

  private checkSends(effects: readonly RouterEffect[], event: RouterEvent): number[] {
    const released: number[] = []
    for (const effect of effects) {
      if (effect.kind !== 'send') continue
      const wish = this.asked.get(effect.request)!
      expect(this.ended.has(effect.request) || this.sent.has(effect.request)).toBe(false)
      expect(effect.epoch).toBe(this.newest?.epoch)
      this.checkPlace(wish, effect)
      this.sent.set(effect.request, { node: effect.node, epoch: effect.epoch })
      if (event.kind !== 'tick' && event.kind !== 'topology') continue
      expect(wish.deadlineMs).toBeGreaterThan(this.nowMs)
      released.push(effect.request)
    }
    expect(released).toEqual(this.heldInOrder.filter((request) => released.includes(request)))
    return released
  }

  /** No write goes anywhere but to the master of the newest epoch, and no read to who cannot answer it. */
  private checkPlace(wish: Wish, effect: RouterEffect & { kind: 'send' }): void {
    const { node } = effect
    expect(this.newest!.epoch).toBeGreaterThanOrEqual(wish.minEpoch ?? 0)
    if (effect.as === 'master') {
      expect(node).toBe(this.newest?.master)
      expect(this.confirmedAtMs).not.toBeNull()
      expect(this.nowMs - this.confirmedAtMs!).toBeLessThanOrEqual(limits.leaseMs)
      return
    }
    expect(wish.mode).not.toBe('master')
    expect(nodeOf(this.newest!, node).serving).toBe(true)
    if (wish.mode === 'any') return
    expect(node).not.toBe(this.newest?.master)
    if (wish.mode === 'read-your-writes') expect(wish.avoid).not.toContain(node)
    if (wish.mode !== 'bounded') return
    const known = this.lags.get(node)
    expect(known).toBeDefined()
    expect(known!.lagMs + this.nowMs - known!.atMs).toBeLessThanOrEqual(wish.maxLagMs!)
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
    expect(held).toEqual(this.heldInOrder)
    expect(held.length).toBeLessThanOrEqual(this.limits.heldMax)
    for (const request of this.asked.keys()) {
      const places = [this.sent.has(request), held.includes(request), this.ended.has(request)]
      expect(places.filter(Boolean)).toHaveLength(1)
    }
  }

  /** Whoever is held has somebody who will wake the machine for it: the timer of the driver is for the earliest wish. */
  private wakeAtMs = Number.POSITIVE_INFINITY
  private checkWaking(effects: readonly RouterEffect[], event: RouterEvent): void {
    if (event.kind === 'tick') this.wakeAtMs = Number.POSITIVE_INFINITY
    for (const effect of effects)
      if (effect.kind === 'wake') this.wakeAtMs = Math.min(this.wakeAtMs, effect.atMs)
    for (const { deadlineMs, retryAtMs } of this.state.held)
      expect(this.wakeAtMs).toBeLessThanOrEqual(Math.min(deadlineMs, retryAtMs ?? deadlineMs))
  }

  private eventOf(seed: Seed): RouterEvent | null {
    const { nowMs } = this
    switch (seed.kind) {
      case 'topology': {
        const reads = seed.reads.length > 0 ? { reads: seed.reads } : {}
        const topology = { ...topologyOf(seed), ...reads }
        const confirmedAtMs = seed.confirmedAgoMs === undefined ? undefined : nowMs - seed.confirmedAgoMs
        return { kind: 'topology', topology, nowMs, confirmedAtMs }
      }
      case 'ask':
        return this.ask(seed)
      case 'bounce':
        return this.bounce(seed.pick)
      case 'again': {
        const request = this.takeSent(seed.pick)
        return request === null ? null : { kind: 'ask', nowMs, ...this.asked.get(request)! }
      }
      case 'lag':
        return { kind: 'lag', node: nodeNamed(seed.node), lagMs: seed.lagMs, nowMs }
      case 'withdraw': {
        const each = this.state.held[seed.pick % Math.max(1, this.state.held.length)]
        return each ? { kind: 'withdrawn', request: each.request } : null
      }
      case 'tick':
        return { kind: 'tick', nowMs }
    }
  }

  private ask({ mode, waitMs, maxLagMs, minEpoch, avoid }: Seed & { kind: 'ask' }): RouterEvent {
    const { nowMs } = this
    const request = this.asked.size + 1
    const wish: Wish = {
      request,
      mode,
      deadlineMs: nowMs + waitMs,
      ...(mode === 'bounded' ? { maxLagMs } : {}),
      ...(mode === 'read-your-writes' ? { minEpoch, avoid: avoid.map(nodeNamed) } : {}),
    }
    this.asked.set(request, wish)
    return { kind: 'ask', nowMs, ...wish }
  }

  private bounce(pick: number): RouterEvent | null {
    const place = [...this.sent.values()][pick % Math.max(1, this.sent.size)]
    const request = this.takeSent(pick)
    if (request === null || !place) return null
    return { kind: 'bounced', nowMs: this.nowMs, ...place, ...this.asked.get(request)! }
  }

  /** A request that was sent comes back. */
  private takeSent(pick: number): number | null {
    const [request] = [...this.sent.keys()].slice(pick % Math.max(1, this.sent.size))
    if (request === undefined) return null
    this.sent.delete(request)
    return request
  }
}
