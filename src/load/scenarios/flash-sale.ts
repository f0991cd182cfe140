import type { Context } from '../../kit/context.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { BenchCore } from '../bench/bench-core.js'
import { withMasterNow } from '../bench/nodes-now.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadRecord } from '../engine/load-record.js'
import { checkSale, type SaleFacts } from '../flash-sale/check-sale.js'
import { createOrderTable, dropOldOrders, readOrders } from '../flash-sale/order-book.js'
import { redisTokenStock } from '../flash-sale/redis-token-stock.js'
import type { TokenStock } from '../flash-sale/token-stock.js'
import { readServerConditions } from '../server-conditions.js'
import type { FlashSaleParams } from '../workloads/flash-sale.js'
import { freshKeyPrefix, keyPrefixBefore } from './key-prefix.js'
import { poolOption, redisAndRouterTarget } from './master-pool.js'
import { numberOf, optionsOf, type Prepared, planOf, type Scenario } from './scenario.js'
import { withRedis } from './with-redis.js'

export const flashSaleScenario: Scenario = Object.freeze({
  name: 'flash-sale',
  title: 'Answers to buyers who all want the same product: an order, sold out, or over the limit',
  unit: 'TPS',
  about: [
    'One product with a small stock and by default 100 times as many buyers. One operation is the answer to one buyer: a',
    'token from the stock in Redis, then an order that is durable on the master, then its payment (by default 80 % paid,',
    '15 % given back to the stock, 5 % left open); or "sold out"; or "you already have one". When all buyers have come the',
    'next round begins with a new stock, so the share of orders does not depend on the length of the run. Most operations',
    'are refusals by Redis: the figure says how many buyers are answered, the class `order` how many orders.',
  ].join(' '),
  needs: [],
  options: [
    {
      name: 'stock',
      summary: 'units of a round',
      default: '100',
      values: { min: 1, max: 1_000_000 },
    },
    {
      name: 'buyers',
      summary: 'buyers for each unit',
      default: '100',
      values: { min: 2, max: 10_000 },
    },
    {
      name: 'limit',
      summary: 'units that one buyer may have',
      default: '1',
      values: { min: 1, max: 100 },
    },
    poolOption('connections to the master'),
  ],
  prepare,
})

/** Orders of a sale that began so long ago are those of a run that was killed. */
const leftAfterMs = 24 * 3_600_000

const scenario: Pick<Scenario, 'name' | 'options'> = flashSaleScenario

async function prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
  const options = optionsOf(scenario, wishes)
  const quota = numberOf(options, 'stock')
  const params: FlashSaleParams = {
    ...(await redisAndRouterTarget(core, { scenario: scenario.name, wishes, options }, context)),
    table: `${core.benchSchema}.flash_order`,
    sale: freshKeyPrefix('f', context.clock),
    terms: { quota, limit: numberOf(options, 'limit') },
    buyers: quota * numberOf(options, 'buyers'),
    connections: wishes.connections,
    paidPercent: 80,
    returnedPercent: 15,
  }
  const conditions = await withMasterNow(core, context, async (connection) => {
    await createOrderTable(connection, params.table)
    await dropOldOrders(connection, params.table, keyPrefixBefore('f', leftAfterMs, context.clock))
    return readServerConditions(connection, { schema: core.benchSchema, tablePattern: 'flash_order' })
  })
  let rounds: readonly number[] = []
  return {
    plan: planOf(wishes, { name: scenario.name, params }),
    conditions: { ...conditions, transport: 'mixed', customers: null },
    driver: 'router and redis',
    writes: true,
    verify: (record, calm) => {
      rounds = roundsOf(record)
      return verify(core, { params, record }, calm)
    },
    dispose: (calm) => forget(core, { params, rounds }, calm).catch(() => undefined),
  }
}

async function verify(
  core: BenchCore,
  { params, record }: { readonly params: FlashSaleParams; readonly record: LoadRecord },
  context: Context,
): Promise<readonly BenchCheck[]> {
  const { terms, table, sale } = params
  const { confirmed = 0, pending = 0, returned = 0, turnedAway = 0, overLimit = 0 } = record.counted
  const rounds = await withRedis(params, (redis) =>
    issuedRounds(redisTokenStock(redis, sale, terms), roundsOf(record)),
  )
  const orders = await withMasterNow(core, context, (connection) => readOrders(connection, table, sale))
  const { failed, unknown } = record.total
  return checkSale({
    ...{ terms, rounds, orders, turnedAway, overLimit },
    told: { confirmed, pending, returned },
    // A failed operation may have ended between two of its steps, with what it did before told to nobody.
    uncertain: failed + unknown + record.abandoned,
  })
}

/** What the stock knows of the rounds in which somebody got a token: the count of rounds is never too small, and may be too large. */
async function issuedRounds(stock: TokenStock, rounds: readonly number[]): Promise<SaleFacts['rounds']> {
  const issued: SaleFacts['rounds'][number][] = []
  for (const round of rounds) {
    const facts = await stock.facts(round)
    if (facts.issued > 0) issued.push({ round, stock: facts })
  }
  return issued
}

/** Threads count their own, and what they counted is added up: that is never too few. */
function roundsOf({ counted }: LoadRecord): readonly number[] {
  return Array.from({ length: counted.rounds ?? 0 }, (_, round) => round)
}

async function forget(
  core: BenchCore,
  { params, rounds }: { readonly params: FlashSaleParams; readonly rounds: readonly number[] },
  context: Context,
): Promise<void> {
  await withRedis(params, (redis) => redisTokenStock(redis, params.sale, params.terms).remove(rounds))
  await withMasterNow(core, context, (connection) =>
    connection.execute(`DELETE FROM ${params.table} WHERE sale = ?`, [params.sale]),
  )
}
