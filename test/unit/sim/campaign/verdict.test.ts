import { expect, test } from 'vitest'
import { missingSituations } from '../../../../src/sim/campaign/must-haves.js'
import { Tally } from '../../../../src/sim/campaign/tally.js'
import { judgeCampaign } from '../../../../src/sim/campaign/verdict.js'
import { sometimes } from '../../../../src/sim/checks/facts.js'
import { runOf } from './fake-runner.js'

const options = { seconds: 60, plant: null, stopAtFirst: false, from: 1, seeds: 300 }

function resultOf(seeds: number, { bad = [] as number[], coverage = everything() } = {}) {
  const tally = new Tally()
  for (let seed = 1; seed <= seeds; seed++) tally.add({ ...runOf(seed, bad), coverage })
  return {
    end: 'complete' as const,
    totals: tally.totals(),
    hash: tally.hash(),
    violations: tally.violations,
    durationMs: 1,
  }
}

function everything(): Record<string, number> {
  return Object.fromEntries(sometimes.map((what) => [what, 1]))
}

test('all seeds, everything met, nothing violated: pass', () => {
  expect(judgeCampaign(options, resultOf(300))).toEqual({
    verdict: 'pass',
    reasons: ['no invariant was violated in 300 seeds'],
  })
})

test('one violation is enough to fail', () => {
  expect(judgeCampaign(options, resultOf(300, { bad: [9] })).verdict).toBe('fail')
})

test('what should have been met and was not makes a pass unknown, by its name', () => {
  const coverage = { ...everything(), 'failover completed': 0 }

  expect(judgeCampaign(options, resultOf(300, { coverage }))).toEqual({
    verdict: 'unknown',
    reasons: ['never met, although it should have been: failover completed'],
  })
})

test('a few seeds, or a planted bug, owe nothing', () => {
  const nothing = resultOf(100, { coverage: {} })

  expect(judgeCampaign({ ...options, seeds: 100 }, nothing).verdict).toBe('pass')
  expect(judgeCampaign({ ...options, plant: 'x' }, resultOf(300, { coverage: {} })).verdict).toBe('pass')
})

test('a campaign that was ended early is unknown', () => {
  expect(judgeCampaign(options, resultOf(299)).reasons).toEqual(['299 of 300 seeds were run, and no more'])
})

test('a world in which nothing is written or nothing breaks proves nothing', () => {
  const result = resultOf(300)
  const totals = { ...result.totals, acknowledged: 0, faults: 0 }

  expect(judgeCampaign(options, { ...result, totals }).reasons).toHaveLength(2)
})

test('what is rare is owed only by a large campaign', () => {
  const owedAfter = (seeds: number) => missingSituations({ seeds, seconds: 60, coverage: {} })

  expect(owedAfter(199)).toEqual([])
  expect(owedAfter(200)).toContain('failover completed')
  expect(owedAfter(200)).not.toContain('older keeper refused')
  expect(owedAfter(5000)).toHaveLength(sometimes.length)
})

test('the sums and the first hundred violations are kept, however many there are', () => {
  const all = Array.from({ length: 300 }, (_, index) => index + 1)
  const { totals, violations } = resultOf(300, { bad: all })

  expect(totals).toMatchObject({ seeds: 300, violations: 300, events: 3000 })
  expect(violations.map(({ seed }) => seed)).toEqual(all.slice(0, 100))
})
