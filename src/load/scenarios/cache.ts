import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { RedisClient } from '../../clients/redis.js'
import type { Context } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import type { BenchCheck } from '../../model/bench-result.js'
import { sentence } from '../acks/compare-acks.js'
import type { BenchCore } from '../bench/bench-core.js'
import { withMasterNow } from '../bench/nodes-now.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadRecord } from '../engine/load-record.js'
import { readServerConditions } from '../server-conditions.js'
import { type CacheParams, cachedVersion } from '../workloads/cache-aside.js'
import { updatesSeen } from '../workloads/kv-table.js'
import { makeBenchTables } from './bench-tables.js'
import { keyAccessOf } from './database-options.js'
import { freshKeyPrefix } from './key-prefix.js'
import { poolOption, redisAndRouterTarget } from './master-pool.js'
import { numberOf, optionsOf, type Prepared, planOf, type Scenario } from './scenario.js'
import { withRedis } from './with-redis.js'

export const cacheScenario: Scenario = Object.freeze({
  name: 'cache',
  title: 'Rows read through the cache: hits, misses that fill it, and durable changes that renew it',
  unit: 'QPS',
  about: [
    'One operation is one row asked for by key: from Redis (class hit), or from the master and put into Redis (class miss);',
    'by default 2 % are durable changes on the master, put into Redis afterwards (class update). Keys follow a Zipf',
    'distribution over 10,000 rows and entries live 10 seconds, so that some misses stay. An entry carries the version of its',
    'row and never goes back. Not a figure of the database: most of it is answered by Redis.',
  ].join(' '),
  needs: [],
  options: [
    {
      name: 'updates',
      summary: 'percent of the operations that change a row',
      default: '2',
      values: { min: 1, max: 100 },
    },
    {
      name: 'ttl',
      summary: 'seconds that an entry lives',
      default: '10',
      values: { min: 1, max: 3600 },
    },
    {
      name: 'access',
      summary: 'which keys are asked for',
      default: 'zipf',
      values: ['zipf', 'uniform'],
    },
    poolOption('connections to the master'),
  ],
  prepare,
})

const scenario: Pick<Scenario, 'name' | 'options'> = cacheScenario

async function prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
  const options = optionsOf(scenario, wishes)
  const params: CacheParams = {
    ...(await redisAndRouterTarget(core, { scenario: scenario.name, wishes, options }, context)),
    schema: core.benchSchema,
    prefix: `bench:cache:${freshKeyPrefix('k', context.clock)}`,
    access: keyAccessOf(options.access ?? 'zipf'),
    updatePercent: numberOf(options, 'updates'),
    ttlMs: numberOf(options, 'ttl') * 1000,
  }
  await makeBenchTables(core, context)
  const { conditions, before } = await withMasterNow(core, context, async (connection) => ({
    conditions: await readServerConditions(connection, { schema: core.benchSchema, tablePattern: 'kv' }),
    before: await updatesSeen(connection, core.benchSchema),
  }))
  return {
    plan: planOf(wishes, { name: scenario.name, params }),
    conditions: { ...conditions, transport: 'mixed', customers: null },
    driver: 'router and redis',
    writes: true,
    verify: (record, calm) => verify(core, { params, before, record }, calm),
    dispose: () =>
      withRedis(params, async (redis) => {
        await redis.remove(...(await redis.keys(`${params.prefix}*`)))
      }).catch(() => undefined),
  }
}

async function verify(
  core: BenchCore,
  run: { readonly params: CacheParams; readonly before: number; readonly record: LoadRecord },
  context: Context,
): Promise<readonly BenchCheck[]> {
  const { params, before, record } = run
  return withMasterNow(core, context, async (connection) => [
    checkUpdates((await updatesSeen(connection, params.schema)) - before, record),
    await withRedis(params, (redis) => checkEntries(redis, connection, params, record)),
    checkOwnReads(record),
  ])
}

function checkUpdates(seen: number, { counted, abandoned }: LoadRecord): BenchCheck {
  const { updates = 0, unknownUpdates = 0 } = counted
  const possible = updates + unknownUpdates + abandoned
  return {
    name: 'no acknowledgement lost',
    valid: updates > 0 && seen >= updates && seen <= possible,
    summary: `the table shows ${formatCount(seen)} changes, ${formatCount(updates)} were acknowledged, ${formatCount(possible - updates)} more are unknown`,
  }
}

/** An entry is what the row is. Those that a failed operation may have touched are a matter of their seconds to live. */
async function checkEntries(
  redis: RedisClient,
  connection: SqlConnection,
  { prefix, schema }: CacheParams,
  { total, abandoned }: LoadRecord,
): Promise<BenchCheck> {
  const name = 'cached = stored'
  const rows = await connection.query<{ id: number; value: number | string }>(
    `SELECT id, value FROM ${schema}.kv ORDER BY id`,
  )
  const entries = (await redis.command('MGET', ...rows.map(({ id }) => prefix + id))) as (string | null)[]
  const cached = entries.filter((entry) => entry !== null).length
  const stale = rows.filter(({ value }, index) => {
    const entry = entries[index] ?? null
    return entry !== null && cachedVersion(entry) !== Number(value)
  })
  const uncertain = total.failed + total.unknown + abandoned
  if (stale.length > uncertain)
    return {
      name,
      valid: false,
      summary: sentence(
        'entries of the cache are not what the table holds',
        stale.map(({ id }) => `row ${id}`),
      ).join('; '),
    }
  return {
    name,
    valid: cached > 0,
    summary: `${formatCount(cached)} entries of the cache are what the table holds`,
  }
}

function checkOwnReads({ counted }: LoadRecord): BenchCheck {
  const { ownReads = 0, staleReads = 0 } = counted
  return {
    name: 'clients see their own changes',
    valid: ownReads > 0 && staleReads === 0,
    summary: `${formatCount(ownReads)} changed rows were read again by who had changed them, ${formatCount(staleReads)} of these reads were older`,
  }
}
