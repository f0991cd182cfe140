import { judgeGates } from '../../../src/load/compare/gates.js'
import { judgeBlocks, judgeNoise, markContaminated } from '../../../src/load/compare/judge-blocks.js'
import type { BenchComparison, BenchGate, SideName } from '../../../src/model/bench-comparison.js'
import { benchSample } from './bench-sample.js'

const order: readonly SideName[] = ['a', 'b', 'b', 'a']
const gate: BenchGate = {
  ...{ name: 'reads-50', scenario: 'db-read', against: 'sysbench', connections: 50 },
  ...{ measure: 'perSecond', atLeast: 1 },
}

/** Four rounds in which the first side is a little slower than the other. */
export function compareSample(changes: Partial<BenchComparison> = {}): BenchComparison {
  const { host, corelab, settings } = benchSample()
  const blocks = markContaminated(
    Array.from({ length: 16 }, (_, index) => {
      const side = order[index % 4] as SideName
      const perSecond = (side === 'a' ? 18_000 : 20_000) + 100 * ((index * 7) % 5)
      return {
        ...{ side, round: Math.floor(index / 4), startedAt: '2026-11-23T05:00:00.000Z', windowMs: 3000 },
        ...{ ok: 3 * perSecond, failed: 0, perSecond, p50Us: 2400, p95Us: 5200, p99Us: null },
        ...{ clientCpuUs: side === 'a' ? 14 : 19, totalCpuUs: 90, noisyShare: index === 5 ? 1 : 0 },
      }
    }),
  )
  const ratios = judgeBlocks(blocks, 1)
  const about = { scenario: 'db-read', against: 'sysbench', connections: 50, noisy: false }
  return {
    schema: 'corelab/bench-comparison@1',
    id: '2026-11-23T05-00-00Z-wire-sysbench',
    startedAt: '2026-11-23T05:00:00.000Z',
    command: 'corelab bench compare db-read --against sysbench --connections 50',
    ...{ corelab, host, how: 'interleaved', digest: 'd1', seed: 1, blocks, ratios },
    sides: {
      a: { label: 'wire', scenario: 'db-read', driver: 'wire', options: {} },
      b: { label: 'sysbench', scenario: 'db-read', driver: 'sysbench', options: {} },
    },
    conditions: [
      ['Durability', settings.durability],
      ['Connections', '50'],
    ],
    noise: judgeNoise(blocks),
    gates: judgeGates([gate], { ...about, ratios }),
    checks: [{ name: 'rows are right', valid: true, summary: 'held in all 8 blocks in which it was made' }],
    notAComparison: null,
    ...changes,
  }
}
