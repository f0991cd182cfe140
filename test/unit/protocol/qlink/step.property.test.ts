import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeName } from '../../../../src/model/node.js'
import type { NodeAddress } from '../../../../src/model/qlink.js'
import { defaultQlinkLimits } from '../../../../src/protocol/qlink/state.js'
import { QlinkWorld } from './qlink-world.js'

test('whatever order disk, leader and keepers answer in, only what is durable is acknowledged, to one leader', () => {
  fc.assert(
    fc.property(seeds, (run) => {
      const world = new QlinkWorld()
      for (const [waitedMs, seed] of run) {
        world.nowMs += waitedMs
        play(world, seed)
      }
    }),
    { numRuns: 800 },
  )
})

test('as soon as the disk and the leader answer again, every request is answered and everything acknowledged', () => {
  let acknowledged = 0
  fc.assert(
    fc.property(seeds, (run) => {
      const world = new QlinkWorld()
      for (const [waitedMs, seed] of run) {
        world.nowMs += waitedMs
        play(world, seed)
      }
      // A shadow that stands still holds nobody up for long.
      const still = { kind: 'applied', backlogTransactions: 9000 } as const
      world.feed({ ...still, nowMs: world.nowMs })
      world.nowMs += defaultQlinkLimits.stuckAfterMs
      world.feed({ ...still, nowMs: world.nowMs })
      world.settle()
      expect([...world.waiting.keys()]).toEqual([])
      expect(world.state.diskError).toBe(null)
      expect(world.state.durable.transactions).toBe(world.appended)
      const { phase, sealing, durable } = world.state
      const isOpen = phase === 'open' && !sealing
      expect(world.line !== null).toBe(isOpen)
      const repeated = world.heartbeat().filter(({ kind }) => kind === 'acknowledge')
      expect(repeated.length).toBe(isOpen && durable.transactions > 0 ? 1 : 0)
      acknowledged += world.acknowledgements
    }),
    { numRuns: 400 },
  )
  expect(acknowledged).toBeGreaterThan(0)
})

type Seed =
  | { kind: 'claim' | 'linked' | 'unlinked' | 'heartbeat' | 'fail-disk' | 'tick' | 'settle' }
  | { kind: 'open'; termsAgo: number; ahead: number; leader: number; moved: boolean }
  | { kind: 'seal'; termsAgo: number; epochsAgo: number | null }
  | { kind: 'shadow'; termsAgo: number; set: boolean }
  | { kind: 'end-writing'; ok: boolean; lands: boolean }
  | { kind: 'receive' | 'end-sync'; count: number }
  | { kind: 'end-repair'; ok: boolean }
  | { kind: 'applied'; backlog: number | null }
  | { kind: 'late'; says: 'linked' | 'unlinked' | 'received' | 'caught-up'; ago: number }
  | { kind: 'restart'; survives: number; lands: boolean }

/** Mostly the present keeper, mostly success: else nothing ever opens. */
const termsAgo = fc.constantFrom(0, 0, 0, 0, 1, 2)
const ok = fc.constantFrom(true, true, true, false)
const kindOf = <K extends string>(kind: K) => fc.constant(kind)

const seed: fc.Arbitrary<Seed> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('linked', 'linked', 'unlinked', 'heartbeat', 'tick', 'claim'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('fail-disk') }) },
  { weight: 3, arbitrary: fc.record({ kind: kindOf('settle') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kindOf('open'),
      termsAgo,
      ahead: fc.constantFrom(1, 1, 1, 2, 0, -1),
      leader: fc.integer({ min: 1, max: 3 }),
      moved: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kindOf('seal'), termsAgo, epochsAgo: fc.constantFrom(null, 0, 0, 1) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf('shadow'), termsAgo, set: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ kind: kindOf('end-writing'), ok, lands: fc.boolean() }) },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constantFrom('receive', 'end-sync'),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kindOf('end-repair'), ok }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kindOf('applied'), backlog: fc.constantFrom(null, 0, 900, 2500, 9000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kindOf('late'),
      says: fc.constantFrom('linked', 'unlinked', 'received', 'caught-up'),
      ago: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kindOf('restart'), survives: fc.nat(3), lands: fc.boolean() }),
  },
)

const seeds = fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 20, 150, 6000), seed), {
  maxLength: 80,
  size: 'max',
})

function addressOf(number: number, moved: boolean): NodeAddress {
  return { node: `db-${number}` as NodeName, host: '127.0.0.1', port: moved ? 100 + number : number }
}

function play(world: QlinkWorld, seed: Seed): unknown {
  const { nowMs } = world
  const termOf = (ago: number) => Math.max(0, world.known.term - ago)
  switch (seed.kind) {
    case 'claim':
      return world.ask({ kind: 'claim' })
    case 'open': {
      const epoch = world.known.epoch + seed.ahead
      const leader = addressOf(seed.leader, seed.moved)
      return world.ask({ kind: 'open', term: termOf(seed.termsAgo), epoch, leader })
    }
    case 'seal': {
      const epoch = seed.epochsAgo === null ? null : world.known.epoch - seed.epochsAgo
      return world.ask({ kind: 'seal', term: termOf(seed.termsAgo), epoch })
    }
    case 'shadow':
      return world.ask({
        kind: 'shadow',
        term: termOf(seed.termsAgo),
        address: seed.set ? addressOf(4, false) : null,
      })
    case 'end-writing':
      return world.endWriting(seed.ok, seed.lands)
    case 'linked':
      return world.linked()
    case 'unlinked':
      return world.unlinked()
    case 'receive':
      return world.receive(seed.count)
    case 'heartbeat':
      return world.heartbeat()
    case 'end-sync':
      return world.endSync(seed.count - 1)
    case 'fail-disk':
      return world.failDisk()
    case 'end-repair':
      return world.endRepair(seed.ok)
    case 'applied':
      return world.feed({ kind: 'applied', backlogTransactions: seed.backlog, nowMs })
    case 'late':
      return sayLate(world, seed)
    case 'tick':
      return world.tick()
    case 'settle':
      return world.settle()
    case 'restart':
      return world.restart(seed.survives, seed.lands)
  }
}

/** A connection of before still has something to say: nobody listens. */
function sayLate(world: QlinkWorld, { says, ago }: Seed & { kind: 'late' }): void {
  const link = world.lastLine - ago
  const before = world.state
  const end = { gtid: '0-9-99', transactions: 99, bytes: 1 }
  world.feed({ kind: says, link, end, nowMs: 0 })
  expect(world.state).toEqual(before)
}
