import { expect, test } from 'vitest'
import { defaultWishes } from '../../../../src/load/bench/run-wishes.js'
import { compareSides } from '../../../../src/load/compare/compare.js'
import type { CompareSide } from '../../../../src/load/compare/side.js'
import type { BenchComparison } from '../../../../src/model/bench-comparison.js'
import { testContext } from '../../../support/fake-component.js'
import { benchSample } from '../../report/bench-sample.js'

const mebibyte = 1024 ** 2

/** A side whose blocks are all alike, on so much data. */
function side(label: string, perSecond: number, dataBytes: number): CompareSide {
  const { settings } = benchSample()
  const result = benchSample({ settings: { ...settings, dataBytes } })
  return {
    described: { label, scenario: 'db-read', driver: label, options: {} },
    measure: async () => ({
      ...{ startedAt: '', windowMs: 3000, noisyShare: 0, checks: [], result, notAFigure: null },
      figures: {
        ...{ ok: 3 * perSecond, failed: 0, perSecond, p50Us: 1, p95Us: 2, p99Us: 3 },
        ...{ clientCpuUs: 4, totalCpuUs: 5 },
      },
    }),
  }
}

function compare(
  a: { readonly perSecond: number; readonly dataBytes: number },
  others: { readonly earlier?: readonly BenchComparison[]; readonly repeats?: readonly BenchComparison[] },
  rounds = 2,
): Promise<BenchComparison> {
  const sides = { a: side('a', a.perSecond, a.dataBytes), b: side('b', 1000, a.dataBytes) }
  return compareSides(
    sides,
    {
      ...{ rounds, wishes: defaultWishes, wanted: new Set<'driver'>(['driver']), gates: [] },
      ...{ earlier: [], repeats: [], command: 'corelab bench compare', versions: {}, ...others },
    },
    testContext(),
  )
}

const betweenRuns = ({ ratios }: BenchComparison) => ratios[0]?.betweenRuns

test('a saved run of the same comparison counts although the data grew a little, and not when it doubled', async () => {
  const saved = await compare({ perSecond: 900, dataBytes: 200 * mebibyte }, {})
  const grown = await compare({ perSecond: 1100, dataBytes: 215 * mebibyte }, { earlier: [saved] })
  const other = await compare({ perSecond: 1100, dataBytes: 430 * mebibyte }, { earlier: [saved] })

  expect(betweenRuns(saved)).toBeNull()
  expect(betweenRuns(grown)).toMatchObject({ runs: 2, min: 0.9, max: 1.1 })
  expect(betweenRuns(other)).toBeNull()
})

test('runs that are too short for an interval tell how far they lie apart all the same', async () => {
  const first = await compare({ perSecond: 900, dataBytes: mebibyte }, {}, 1)
  const second = await compare({ perSecond: 1200, dataBytes: mebibyte }, { repeats: [first] }, 1)

  expect(second.ratios[0]).toMatchObject({ withinRun: null, betweenRuns: { runs: 2, min: 0.9, max: 1.2 } })
})

test('runs of one call are runs of one comparison, whatever they added to the data', async () => {
  const first = await compare({ perSecond: 900, dataBytes: 100 * mebibyte }, {})
  const second = await compare({ perSecond: 1000, dataBytes: 220 * mebibyte }, { repeats: [first] })

  expect(betweenRuns(second)).toMatchObject({ runs: 2, min: 0.9, max: 1 })
})
