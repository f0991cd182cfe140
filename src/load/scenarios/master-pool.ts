import type { RedisTarget } from '../../clients/redis.js'
import type { Context } from '../../kit/context.js'
import { type BenchCore, environmentOf, masterOf } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { DataSourceTarget } from '../fixed-data-source.js'
import { requirePools } from './router-room.js'
import { numberOf, type OptionValues, type ScenarioOption } from './scenario.js'

/** How many connections the router of each thread may have; read it with {@link masterPoolSize}. */
export function poolOption(summary: string): ScenarioOption {
  return { name: 'pool', summary, default: '50', values: { min: 1, max: 500 } }
}

/** The value of {@link poolOption}, when the master has room for the pools of all threads. Throws BENCH_NEEDS, NO_MASTER. */
export async function masterPoolSize(
  core: BenchCore,
  wishes: RunWishes,
  options: OptionValues,
  context: Context,
): Promise<number> {
  const size = numberOf(options, 'pool')
  await requirePools(core, wishes, { nodes: [masterOf(core)], size, accounts: 1 }, context)
  return size
}

/**
 * For sessions that use Redis, and the benchmark's own tables through a router. Throws USAGE for servers that are not ours,
 * BENCH_NEEDS, NO_MASTER.
 */
export async function redisAndRouterTarget(
  core: BenchCore,
  run: { readonly scenario: string; readonly wishes: RunWishes; readonly options: OptionValues },
  context: Context,
): Promise<DataSourceTarget & { readonly redis: RedisTarget }> {
  const { endpoints, topology } = environmentOf(core, run.scenario)
  const { user, password } = masterOf(core)
  return {
    redis: endpoints.redis,
    engine: core.engine,
    topology,
    account: { user, password },
    poolSize: await masterPoolSize(core, run.wishes, run.options, context),
  }
}
