import { expect, test } from 'vitest'
import { unlikenesses } from '../../../../src/load/compare/unlike.js'
import type { BenchResult } from '../../../../src/model/bench-result.js'

const like = {
  scenario: 'customer',
  host: { hostname: 'h', cores: 2, cpuModel: 'm', kernel: 'k', versions: { database: '10.11' } },
  settings: {
    ...{ profile: 'small', bufferPoolBytes: 1000, customers: 10, durability: 'd', loop: 'closed' },
    ...{
      ratePerSecond: null,
      dataBytes: 1000,
      connections: 50,
      driver: 'http',
      transport: 'http',
      digest: 'x',
    },
  },
} as unknown as BenchResult
const other = (settings: Partial<BenchResult['settings']>): BenchResult => ({
  ...like,
  settings: { ...like.settings, ...settings },
})
const names = (b: BenchResult, wanted: readonly 'options'[] = []) =>
  unlikenesses(like, b, new Set(wanted)).map(({ what }) => what)

test('equal runs are like, and so are runs whose tables grew a little', () => {
  expect(names(like)).toEqual([])
  expect(names(other({ dataBytes: 1050 }))).toEqual([])
})

test('everything that makes two rates another thing is named', () => {
  expect(names(other({ durability: 'none', connections: 8, dataBytes: 2000 }))).toEqual([
    'durability',
    'data size',
    'connections',
  ])
  expect(names(other({ serverThreads: 'pool of 2' }))).toEqual(['server threads'])
  expect(names(other({ driver: 'router', transport: 'unix-socket' }))).toEqual(['driver', 'transport'])
})

test('what clients speak may follow from an option that was chosen on purpose, and nothing else may', () => {
  const direct = { driver: 'router', transport: 'unix-socket', digest: 'y' } as const
  expect(names(other(direct), ['options'])).toEqual([])
  expect(names(other({ ...direct, profile: 'tiny' }), ['options'])).toEqual(['profile'])
})
