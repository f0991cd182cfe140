import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerScenario } from '../../../../src/load/scenarios/customer.js'
import { subTableName } from '../../../../src/model/sub-tables.js'
import {
  type BenchGround,
  benchContext,
  failuresOf,
  prepareBenchGround,
  runInTest,
  type ScenarioRun,
  shortWishes,
} from '../../../support/bench-ground.js'

const population = { seed: 5, customers: 2000, entities: 81, locale: 'zh', identity: 'safe' } as const

let bench: BenchGround

beforeAll(async () => {
  bench = await prepareBenchGround(population)
})
afterAll(() => bench?.dispose())

for (const via of ['http', 'direct']) {
  describe(`customer transactions, ${via}`, () => {
    let run: ScenarioRun

    beforeAll(async () => {
      run = await runInTest(customerScenario, bench.core, shortWishes({ via }))
    })
    afterAll(() => run?.prepared.dispose(benchContext))

    const keyPrefix = () => (run.prepared.plan.workload.params as { keyPrefix: string }).keyPrefix
    const applied = async <T>(schema: 'cif' | 'act', operation: string) => {
      const [row] = await bench.admin.query<{ le: string; key: string; answer: string }>(
        `SELECT le_code AS le, idempotency_key AS \`key\`, answer FROM ${schema}.applied_request
          WHERE idempotency_key LIKE '${keyPrefix()}%' AND operation = '${operation}' LIMIT 1`,
      )
      return { ...row!, answer: JSON.parse(row!.answer) as T }
    }
    /** Does something forbidden in a transaction of this session only, so that nothing has to be mended. */
    const afterTampering = async (sql: string, undo: string) => {
      await bench.admin.execute(sql)
      try {
        return await failuresOf(run)
      } finally {
        await bench.admin.execute(undo)
      }
    }

    test('every kind ends well, its answers are the right ones, and every effect is there', async () => {
      expect(run.record.classes.map(({ name, failed, unknown }) => ({ name, failed, unknown }))).toEqual(
        ['find-by-mobile', 'find-by-id', 'view-360', 'change-contact', 'open', 'add-account'].map((name) => ({
          name,
          failed: 0,
          unknown: 0,
        })),
      )
      for (const { name, ok } of run.record.classes) expect(ok, name).toBeGreaterThan(0)
      expect(run.record.counted.answersVerified).toBe(run.record.total.ok)
      expect((await run.checks()).map(({ name, valid }) => ({ name, valid }))).toEqual([
        { name: 'answers are the right ones', valid: true },
        { name: 'no acknowledgement lost', valid: true },
        { name: 'effects of the transactions', valid: true },
      ])
    })

    test('an opened customer who is gone is found', async () => {
      const { le, answer } = await applied<{ customerId: string }>('cif', 'PersonService/create')
      const id = Number(answer.customerId)
      const table = `cif.${subTableName('customer', id % 16)}`
      const where = `le_code = '${le}' AND customer_id = `
      expect(
        await afterTampering(
          `UPDATE ${table} SET customer_id = customer_id + 1600 WHERE ${where}${id}`,
          `UPDATE ${table} SET customer_id = customer_id - 1600 WHERE ${where}${id + 1600}`,
        ),
      ).toContain('1 opened customers are not there as they were answered')
    })

    test('a change that did not happen is found', async () => {
      const { le, answer } = await applied<{ customerId: string }>('cif', 'PersonService/update')
      const table = `cif.${subTableName('customer', Number(answer.customerId) % 16)}`
      const where = `WHERE le_code = '${le}' AND customer_id = ${answer.customerId}`
      expect(
        await afterTampering(
          `UPDATE ${table} SET row_version = row_version - 1 ${where}`,
          `UPDATE ${table} SET row_version = row_version + 1 ${where}`,
        ),
      ).toContain('changed contacts are not there')
    })

    test('an account that was added and is not there is found', async () => {
      const { le, answer } = await applied<{ accountNo: string; customerId: string }>(
        'act',
        'SettlementAccountService/open',
      )
      const table = `act.${subTableName('settlement_account', Number(answer.customerId) % 16)}`
      const where = `WHERE le_code = '${le}' AND account_no = ${answer.accountNo}`
      expect(
        await afterTampering(
          `UPDATE ${table} SET customer_id = customer_id + 1 ${where}`,
          `UPDATE ${table} SET customer_id = customer_id - 1 ${where}`,
        ),
      ).toContain('1 added accounts are not there')
    })

    test('a lost acknowledgement is found, and a change that nobody asked for', async () => {
      const { le, key } = await applied('cif', 'PersonService/update')
      const rename = (from: string, to: string) =>
        `UPDATE cif.applied_request SET idempotency_key = '${to}' WHERE le_code = '${le}' AND idempotency_key = '${from}'`
      const other = `${keyPrefix()}0-zzzz`
      const found = await afterTampering(rename(key, other), rename(other, key))
      expect(found).toContain(`1 acknowledged changes are missing in db-1 (${key})`)
      expect(found).toContain(`1 changes in db-1 were asked for by nobody (${other})`)
    })
  })
}

test('a mix without changes is verified by its answers alone; an empty one is refused', async () => {
  const none = { 'change-contact': '0', open: '0', 'add-account': '0' }
  const run = await runInTest(customerScenario, bench.core, shortWishes(none))
  expect(run.prepared.writes).toBe(false)
  expect((await run.checks()).map(({ name, valid }) => ({ name, valid }))).toEqual([
    { name: 'answers are the right ones', valid: true },
  ])
  await run.prepared.dispose(benchContext)

  const empty = { ...none, 'find-by-mobile': '0', 'find-by-id': '0', 'view-360': '0' }
  await expect(runInTest(customerScenario, bench.core, shortWishes(empty))).rejects.toMatchObject({
    code: 'USAGE',
  })
})

test('answers that are not what the population says are found', async () => {
  // Of everybody: a short run asks for few.
  for (let subTable = 0; subTable < 16; subTable++)
    await bench.admin.execute(
      `UPDATE cif.customer_${String(subTable).padStart(2, '0')} SET mobile = '14299999999'`,
    )
  const run = await runInTest(customerScenario, bench.core, shortWishes())
  expect(await failuresOf(run)).toMatch(
    /^[\d,]+ answers were what the population or the change says, [1-9]\d* were not$/,
  )
  await run.prepared.dispose(benchContext)
})
