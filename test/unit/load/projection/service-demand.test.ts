import { expect, test } from 'vitest'
import { readPriors } from '../../../../src/load/projection/priors.js'
import { project } from '../../../../src/load/projection/project.js'
import { demandProfiles } from '../../../../src/load/projection/service-demand.js'
import type { BenchResult } from '../../../../src/model/bench-result.js'
import { sampleResult, sampleTarget } from './samples.js'

test('the demand of each group of processes is booked per level, and its drift over levels', () => {
  const { profiles } = demandProfiles([
    sampleResult({ connections: 50, cpuUs: { client: 12, 'db-2': 10, 'db-3': 11, 'db-4': 12, others: 5 } }),
    sampleResult({ connections: 8, cpuUs: { client: 10, 'db-2': 8, 'db-3': 9, 'db-4': 9, keeper: 2 } }),
  ])

  expect(profiles).toHaveLength(1)
  expect(profiles[0]?.levels.map(({ connections }) => connections)).toEqual([8, 50])
  expect(profiles[0]?.levels[1]?.demandUs).toEqual({
    ...{ client: 12, master: 0, replicas: [10, 11, 12], qlink: 0, services: 0, unattributed: 5 },
  })
  expect(profiles[0]?.levels[0]?.demandUs.unattributed).toBeCloseTo(2)
  expect(profiles[0]?.drift).toBeCloseTo(45 / 36 - 1)
})

test('repeats of a level are taken together; other conditions are another profile', () => {
  const tcp = (result: BenchResult) => ({
    ...result,
    settings: { ...result.settings, transport: 'tcp' as const },
  })
  const { profiles } = demandProfiles([
    sampleResult({ perSecond: 40_000 }),
    sampleResult({ perSecond: 44_000 }),
    sampleResult({ change: tcp }),
  ])

  expect(profiles.map(({ transport }) => transport)).toEqual(['unix-socket', 'tcp'])
  expect(profiles[0]?.levels[0]).toMatchObject({ runs: 2, perSecond: 42_000 })
})

const attribution = {
  processes: [{ name: 'client', role: null, cpuMs: 1, cpuUsPerOperation: 1, contextSwitchesPerOperation: 1 }],
}

test.each<[string, (result: BenchResult) => BenchResult, RegExp]>([
  ['no figure', (r) => ({ ...r, figure: null, notAFigure: 'a lost write' }), /no figure: a lost write/],
  ['a capacity probe', (r) => ({ ...r, figure: r.figure && { ...r.figure, capacityProbe: true } }), /probe/],
  ['an open loop', (r) => ({ ...r, settings: { ...r.settings, loop: 'open' } }), /open loop/],
  ['a cancelled run', (r) => ({ ...r, load: { ...r.load, ended: 'cancelled' } }), /ended early/],
  [
    'servers elsewhere',
    (r) => ({ ...r, attribution: { ...r.attribution, ...attribution } }),
    /CPU of the servers/,
  ],
  ['data beyond memory', (r) => ({ ...r, settings: { ...r.settings, dataBytes: 1e9 } }), /buffer pool/],
  ['another scenario', (r) => ({ ...r, scenario: 'broker' }), /no published figure/],
])('%s carries no projection', (_, change, reason) => {
  const { profiles, leftOut } = demandProfiles([sampleResult({ change })])

  expect(profiles).toEqual([])
  expect(leftOut[0]?.reason).toMatch(reason)
})

test('results of another host are left out', () => {
  const elsewhere = (result: BenchResult) => ({ ...result, host: { ...result.host, cores: 64 } })

  const { profiles, leftOut } = demandProfiles([sampleResult(), sampleResult({ change: elsewhere })])
  expect(profiles[0]?.ids).toHaveLength(1)
  expect(leftOut[0]?.reason).toMatch(/another host/)
})

test('without any usable result there is an error that says why of each', async () => {
  const results = [
    sampleResult({ change: (result) => ({ ...result, figure: null, notAFigure: 'lost rows' }) }),
  ]
  const input = { results, target: sampleTarget, calibrations: { target: null, here: null }, seed: 1 }
  const priors = await readPriors()

  expect(() => project({ ...input, priors })).toThrow(
    expect.objectContaining({ code: 'NOTHING_TO_PROJECT', detail: 'db-read-50: no figure: lost rows' }),
  )
})
