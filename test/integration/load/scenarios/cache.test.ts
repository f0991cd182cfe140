import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatCount } from '../../../../src/kit/units.js'
import { cacheScenario } from '../../../../src/load/scenarios/cache.js'
import type { CacheParams } from '../../../../src/load/workloads/cache-aside.js'
import {
  type BenchGround,
  benchContext,
  failuresOf,
  prepareBenchGround,
  runInTest,
  type ScenarioRun,
  shortWishes,
} from '../../../support/bench-ground.js'

const population = { seed: 8, customers: 50, entities: 81, locale: 'zh', identity: 'safe' } as const

let bench: BenchGround
let run: ScenarioRun
let params: CacheParams

beforeAll(async () => {
  bench = await prepareBenchGround(population)
  run = await runInTest(cacheScenario, bench.core, shortWishes({ updates: '10', ttl: '600' }))
  params = run.prepared.plan.workload.params as CacheParams
})
afterAll(async () => {
  await run?.prepared.dispose(benchContext)
  await bench?.dispose()
})

test('rows are read from the cache, filled into it and changed, and every check holds', async () => {
  for (const { name, ok, failed, unknown } of run.record.classes) {
    expect(ok, name).toBeGreaterThan(0)
    expect({ name, failed, unknown }).toEqual({ name, failed: 0, unknown: 0 })
  }
  expect(await failuresOf(run)).toBe('')
  expect((await run.checks()).map(({ name }) => name)).toEqual([
    'no acknowledgement lost',
    'cached = stored',
    'clients see their own changes',
  ])
})

test('an entry that is not what its row holds is found', async () => {
  const redis = bench.ground.redis.connect()
  const [key] = await redis.keys(`${params.prefix}*`)
  const entry = await redis.get(key!)
  await redis.set(key!, `999999:${entry}`)
  try {
    expect(await failuresOf(run)).toBe(
      `1 entries of the cache are not what the table holds (row ${key!.slice(params.prefix.length)})`,
    )
  } finally {
    await redis.set(key!, entry!)
    await redis.close()
  }
})

test('an acknowledged change that is not in the table is found', async () => {
  const change = (by: string) =>
    bench.admin.execute(`UPDATE bench.kv SET value = value ${by} WHERE value > 0 LIMIT 1`)
  await change('- 1')
  try {
    expect(await failuresOf(run)).toContain(
      `${formatCount(run.record.counted.updates ?? 0)} were acknowledged, 0 more are unknown`,
    )
  } finally {
    await bench.admin.execute('UPDATE bench.kv SET value = value + 1 LIMIT 1')
  }
})

test('after the run its entries are gone', async () => {
  await run.prepared.dispose(benchContext)
  const redis = bench.ground.redis.connect()
  expect(await redis.keys(`${params.prefix}*`)).toEqual([])
  await redis.close()
})
