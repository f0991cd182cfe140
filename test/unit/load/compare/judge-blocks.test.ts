import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../src/kit/random.js'
import { gateVerdict, judgeGates } from '../../../../src/load/compare/gates.js'
import { judgeBlocks, judgeNoise, markContaminated } from '../../../../src/load/compare/judge-blocks.js'
import type { BenchGate, ComparedBlock, SideName } from '../../../../src/model/bench-comparison.js'

const order: readonly SideName[] = ['a', 'b', 'b', 'a']

/** ABBA rounds on a host that gets slower all the time, by a quarter from the first block to the last. */
function rounds(options: {
  readonly count: number
  readonly slower?: number
  readonly seed?: number
  readonly noisy?: (round: number) => number
}): readonly ComparedBlock[] {
  const { count, slower = 1, seed = 1, noisy = () => 0 } = options
  const random = seededRandom(seed)
  const total = count * order.length
  return markContaminated(
    Array.from({ length: total }, (_, index) => {
      const side = order[index % 4]!
      const round = Math.floor(index / 4)
      const host = 1 - (0.25 * index) / total + 0.02 * (random.fraction() - 0.5)
      const perSecond = 20_000 * host * (side === 'a' ? slower : 1)
      return {
        ...{
          side,
          round,
          startedAt: '',
          windowMs: 3000,
          ok: perSecond * 3,
          failed: 0,
          noisyShare: noisy(round),
        },
        ...{ perSecond, p50Us: 1e6 / perSecond, p95Us: 2e6 / perSecond, p99Us: null },
        ...{ clientCpuUs: 20, totalCpuUs: null },
      }
    }),
  )
}

const rateOf = (blocks: readonly ComparedBlock[]) =>
  judgeBlocks(blocks, 1).find(({ measure }) => measure === 'perSecond')!

describe('negative controls', () => {
  test('a side against itself shows no difference, on a host that gets slower by a quarter', () => {
    let missed = 0
    for (let seed = 1; seed <= 200; seed++) {
      const rate = rateOf(rounds({ count: 4, seed }))
      if (rate.verdict !== 'no-difference') missed++
    }

    expect(missed).toBeLessThanOrEqual(14)
  })

  test('a side that is slowed by four percent is found', () => {
    const rate = rateOf(rounds({ count: 4, slower: 0.96 }))

    expect(rate.verdict).toBe('b-better')
    expect(rate.withinRun!.high).toBeLessThan(1)
    expect(rate.withinRun!.estimate).toBeCloseTo(0.96, 1)
  })

  test('a latency that is higher is the worse one', () => {
    const latency = judgeBlocks(rounds({ count: 4, slower: 0.9 }), 1).find(
      ({ measure }) => measure === 'p95Us',
    )!

    expect(latency.withinRun!.low).toBeGreaterThan(1)
    expect(latency.verdict).toBe('b-better')
  })
})

describe('what cannot be known is not claimed', () => {
  test('one round is too little for an interval', () => {
    expect(rateOf(rounds({ count: 1 }))).toMatchObject({ withinRun: null, verdict: 'unknown' })
  })

  test('a measure that one side does not know has no ratio', () => {
    const measures = judgeBlocks(rounds({ count: 4 }), 1).map(({ measure }) => measure)

    expect(measures).toEqual(['perSecond', 'p50Us', 'p95Us', 'clientCpuUs'])
  })
})

describe('noise', () => {
  test('a noisy block takes its whole round with it', () => {
    const blocks = rounds({ count: 4, noisy: (round) => (round === 2 ? 1 : 0) })

    expect(blocks.filter(({ contaminated }) => contaminated).map(({ round }) => round)).toEqual([2, 2, 2, 2])
    expect(judgeNoise(blocks)).toMatchObject({ verdict: 'quiet', rounds: 4, roundsLeftOut: 1 })
  })

  test('rounds are not picked when most of them are noisy', () => {
    const blocks = rounds({ count: 4, noisy: (round) => (round === 2 ? 0 : 1) })

    expect(blocks.some(({ contaminated }) => contaminated)).toBe(false)
    expect(judgeNoise(blocks)).toMatchObject({ verdict: 'noisy', roundsLeftOut: 0 })
  })
})

describe('a gate', () => {
  const gate: BenchGate = {
    ...{ name: 'reads', scenario: 'db-read', against: 'sysbench', connections: 50 },
    ...{ measure: 'perSecond', atLeast: 1 },
  }
  const ratio = (estimate: number, low: number, high: number) => ({ estimate, low, high, level: 0.95 })

  test('is met, missed, or open when its limit is in the interval', () => {
    expect(gateVerdict(gate, ratio(1.02, 0.98, 1.06))).toBe('met')
    expect(gateVerdict(gate, ratio(0.9, 0.85, 0.95))).toBe('missed')
    expect(gateVerdict(gate, ratio(0.98, 0.94, 1.02))).toBe('open')
    expect(gateVerdict(gate, null)).toBe('open')
  })

  test('of a cost is missed from above', () => {
    const { atLeast: _, ...rest } = gate
    const cost: BenchGate = { ...rest, measure: 'clientCpuUs', atMost: 0.6 }

    expect(gateVerdict(cost, ratio(0.5, 0.45, 0.55))).toBe('met')
    expect(gateVerdict(cost, ratio(0.8, 0.7, 0.9))).toBe('missed')
  })

  test('judges its own scenario, peer and number of clients only', () => {
    const ratios = judgeBlocks(rounds({ count: 4 }), 1)
    const judged = (connections: number, against: string) =>
      judgeGates([gate], { scenario: 'db-read', against, connections, ratios, noisy: false }).length

    expect(judged(50, 'sysbench')).toBe(1)
    expect(judged(8, 'sysbench')).toBe(0)
    expect(judged(50, 'mysql2')).toBe(0)
  })

  test('is neither met nor missed on a noisy host', () => {
    const about = { scenario: 'db-read', against: 'sysbench', connections: 50, noisy: true }
    const ratios = judgeBlocks(rounds({ count: 4, slower: 0.5 }), 1)

    expect(judgeGates([gate], { ...about, ratios })[0]!.verdict).toBe('open')
    expect(judgeGates([gate], { ...about, ratios, noisy: false })[0]!.verdict).toBe('missed')
  })
})
