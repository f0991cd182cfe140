import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OrderRow } from '../../../../src/load/flash-sale/order-book.js'
import { redisTokenStock } from '../../../../src/load/flash-sale/redis-token-stock.js'
import { flashSaleScenario } from '../../../../src/load/scenarios/flash-sale.js'
import type { FlashSaleParams } from '../../../../src/load/workloads/flash-sale.js'
import {
  type BenchGround,
  benchContext,
  failuresOf,
  prepareBenchGround,
  runInTest,
  type ScenarioRun,
  shortWishes,
} from '../../../support/bench-ground.js'

const population = { seed: 7, customers: 50, entities: 81, locale: 'zh', identity: 'safe' } as const
const table = 'bench.flash_order'

let bench: BenchGround
let run: ScenarioRun
let params: FlashSaleParams

beforeAll(async () => {
  bench = await prepareBenchGround(population)
  run = await runInTest(flashSaleScenario, bench.core, shortWishes({ stock: '20', buyers: '20' }))
  params = run.prepared.plan.workload.params as FlashSaleParams
})
afterAll(async () => {
  await run?.prepared.dispose(benchContext)
  await bench?.dispose()
})

const firstOrder = async (status: OrderRow['status']) => {
  const [row] = await bench.admin.query<OrderRow>(
    `SELECT round, token, buyer, status FROM ${table} WHERE sale = '${params.sale}' AND status = '${status}' LIMIT 1`,
  )
  return row!
}
const whereOrder = ({ round, token }: Pick<OrderRow, 'round' | 'token'>) =>
  `WHERE sale = '${params.sale}' AND round = ${round} AND token = ${token}`

async function afterTampering(sql: string, undo: string): Promise<string> {
  await bench.admin.execute(sql)
  try {
    return await failuresOf(run)
  } finally {
    await bench.admin.execute(undo)
  }
}

test('orders of a run that was killed long ago go, and those of one that may still run stay', async () => {
  const dayMs = 24 * 3_600_000
  const sales = [Date.now() - 2 * dayMs, Date.now() - dayMs / 2].map((ms) => `f${ms.toString(36)}0-`)
  for (const sale of sales)
    await bench.admin.execute(
      `INSERT INTO ${table} (sale, round, token, buyer, status) VALUES (?, 0, 1, 1, 'P')`,
      [sale],
    )

  const prepared = await flashSaleScenario.prepare(bench.core, shortWishes(), benchContext)
  await prepared.dispose(benchContext)

  const left = await bench.admin.query<{ sale: string }>(
    `SELECT sale FROM ${table} WHERE sale IN (?, ?)`,
    sales,
  )
  expect(left.map(({ sale }) => sale)).toEqual(sales.slice(1))
})

test('every answer comes, some buyers order, most are turned away, and every check holds', async () => {
  for (const { name, ok, failed, unknown } of run.record.classes) {
    expect(ok, name).toBeGreaterThan(0)
    expect({ name, failed, unknown }).toEqual({ name, failed: 0, unknown: 0 })
  }
  expect(await failuresOf(run)).toBe('')
  expect((await run.checks()).map(({ name }) => name)).toEqual([
    'sold at most what there is',
    'nobody above the limit',
    'tokens = confirmed + pending + returned',
    'no acknowledgement lost',
  ])
})

test('an item that was sold too often is found', async () => {
  const { round } = await firstOrder('C')
  const found = await afterTampering(
    `INSERT INTO ${table} SELECT '${params.sale}', ${round}, 1000 + seq, 5000 + seq, 'C' FROM bench.seq_1_to_20`,
    `DELETE FROM ${table} WHERE sale = '${params.sale}' AND token > 1000`,
  )
  expect(found).toContain('1 rounds sold more than 20 units')
  expect(found).toContain(`${round}/1001 was never given out`)
})

test('a buyer who holds more than allowed is found', async () => {
  const { round, buyer } = await firstOrder('C')
  expect(
    await afterTampering(
      `INSERT INTO ${table} VALUES ('${params.sale}', ${round}, 999, ${buyer}, 'P')`,
      `DELETE FROM ${table} ${whereOrder({ round, token: 999 })}`,
    ),
  ).toContain(`1 buyers hold more than 1 in a round (round ${round} buyer ${buyer})`)
})

test('a confirmed order that is gone is found, by its token and by what the buyer was told', async () => {
  const order = await firstOrder('C')
  const found = await afterTampering(
    `UPDATE ${table} SET sale = 'x' ${whereOrder(order)}`,
    `UPDATE ${table} SET sale = '${params.sale}' WHERE sale = 'x'`,
  )
  expect(found).toContain(`${order.round}/${order.token} has no order and was not returned`)
  expect(found).toContain('buyers were told of')
})

test('a unit that is sold and in stock at the same time is found', async () => {
  const order = await firstOrder('C')
  const redis = bench.ground.redis.connect()
  const stock = redisTokenStock(redis, params.sale, params.terms)
  await stock.giveBack(order.round, order.token, order.buyer)
  await redis.close()
  expect(await failuresOf(run)).toContain(`${order.round}/${order.token} is sold and in stock`)
})
