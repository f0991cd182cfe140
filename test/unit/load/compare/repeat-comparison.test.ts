import { expect, test } from 'vitest'
import { withEarlier } from '../../../../src/load/compare/compare.js'
import { repeatComparison } from '../../../../src/load/compare/repeat-comparison.js'
import type { BenchComparison } from '../../../../src/model/bench-comparison.js'
import { testContext } from '../../../support/fake-component.js'
import { compareSample } from '../../report/compare-sample.js'

const stop = () => new AbortController()
const keepId = async ({ id }: BenchComparison, run: number) => `${run} ${id}`
const named = (id: string, changes: Partial<BenchComparison> = {}) => compareSample({ id, ...changes })

test('each run knows those before it, so the last says how far they lie apart', async () => {
  const measured: BenchComparison[] = []
  const kept = await repeatComparison(
    {
      runs: 3,
      measure: async (earlier) => {
        const one = named(`run-${earlier.length}`)
        const comparison = { ...one, ratios: withEarlier(one.ratios, earlier) }
        measured.push(comparison)
        return comparison
      },
      keep: keepId,
    },
    testContext(),
  )

  expect(kept).toEqual(['1 run-0', '2 run-1', '3 run-2'])
  const spread = measured.map(({ ratios }) => ratios[0]?.betweenRuns?.runs ?? 1)
  expect(spread).toEqual([1, 2, 3])
  expect(measured[2]?.ratios[0]?.withinRun?.low).toBeLessThan(measured[2]?.ratios[0]?.withinRun?.high ?? 0)
})

test('Ctrl+C keeps the runs that are whole, and leaves one without a whole round', async () => {
  const wish = stop()
  const kept = await repeatComparison(
    {
      runs: 5,
      measure: async ({ length }) => {
        if (length === 2) wish.abort()
        return length === 2
          ? named('cut', { blocks: [], notAComparison: 'no round was whole' })
          : named('whole')
      },
      keep: keepId,
    },
    testContext(wish.signal),
  )

  expect(kept).toEqual(['1 whole', '2 whole'])
})

test('Ctrl+C while a run is prepared keeps those before it', async () => {
  const wish = stop()
  const kept = await repeatComparison(
    {
      runs: 2,
      measure: async ({ length }) => {
        if (length === 0) return named('whole')
        wish.abort()
        throw new Error('cancelled')
      },
      keep: keepId,
    },
    testContext(wish.signal),
  )

  expect(kept).toEqual(['1 whole'])
})

test('Ctrl+C in the first run leaves what it has, and no second one', async () => {
  const wish = stop()
  const kept = await repeatComparison(
    {
      runs: 3,
      measure: async () => {
        wish.abort()
        return named('cut', { blocks: [] })
      },
      keep: keepId,
    },
    testContext(wish.signal),
  )

  expect(kept).toEqual(['1 cut'])
})

test('a run that cannot be made is an error; those before it are saved by then', async () => {
  const saved: string[] = []
  const repeated = repeatComparison(
    {
      runs: 2,
      measure: async ({ length }) => {
        if (length === 1) throw new Error('no master')
        return named('whole')
      },
      keep: async ({ id }) => saved.push(id),
    },
    testContext(),
  )

  await expect(repeated).rejects.toThrow('no master')
  expect(saved).toEqual(['whole'])
})
