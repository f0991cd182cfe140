import { afterAll, beforeAll, expect, test } from 'vitest'
import { transferScenario } from '../../../../src/load/scenarios/transfer.js'
import {
  type BenchGround,
  benchContext,
  failuresOf,
  prepareBenchGround,
  runInTest,
  type ScenarioRun,
  shortWishes,
} from '../../../support/bench-ground.js'

const population = { seed: 6, customers: 2000, entities: 81, locale: 'zh', identity: 'safe' } as const

let bench: BenchGround
let run: ScenarioRun
let key: string

beforeAll(async () => {
  bench = await prepareBenchGround(population)
  run = await runInTest(transferScenario, bench.core, shortWishes({ repeat: '10' }))
  const { keyPrefix } = run.prepared.plan.workload.params as { keyPrefix: string }
  const [row] = await bench.admin.query<{ key: string }>(
    `SELECT idempotency_key AS \`key\` FROM pay.transfer WHERE idempotency_key LIKE '${keyPrefix}%' LIMIT 1`,
  )
  key = row!.key
})
afterAll(async () => {
  await run?.prepared.dispose(benchContext)
  await bench?.dispose()
})

const where = () => `WHERE idempotency_key = '${key}'`

async function afterTampering(sql: string, undo: string): Promise<string> {
  await bench.admin.execute(sql)
  try {
    return await failuresOf(run)
  } finally {
    await bench.admin.execute(undo)
  }
}

test('transfers and repeats end well, and every check holds', async () => {
  for (const { name, ok, failed, unknown } of run.record.classes) {
    expect(ok, name).toBeGreaterThan(0)
    expect({ name, failed, unknown }).toEqual({ name, failed: 0, unknown: 0 })
  }
  expect(await failuresOf(run)).toBe('')
  expect(await run.checks()).toHaveLength(3)
})

test('a lost acknowledgement is found', async () => {
  const columns =
    'le_code, idempotency_key, gsn, payer_account, payee_account, amount, status, request_hash, created_at'
  const moved = columns.replace('idempotency_key', "CONCAT('x', idempotency_key)")
  await bench.admin.execute(`INSERT INTO pay.transfer SELECT ${moved} FROM pay.transfer ${where()}`)
  expect(
    await afterTampering(
      `DELETE FROM pay.transfer ${where()}`,
      `UPDATE pay.transfer SET idempotency_key = '${key}' WHERE idempotency_key = 'x${key}'`,
    ),
  ).toContain(`1 acknowledged transfers are missing in db-1 (${key})`)
})

test('a doubled transfer is found', async () => {
  const copied =
    "'E99', idempotency_key, REPEAT('0', 26), payer_account, payee_account, amount, status, request_hash, created_at"
  expect(
    await afterTampering(
      `INSERT INTO pay.transfer SELECT ${copied} FROM pay.transfer ${where()}`,
      `DELETE FROM pay.transfer ${where()} AND le_code = 'E99'`,
    ),
  ).toContain(`1 orders have more than one transfer (${key})`)
})

test('a cent that came from nowhere is found', async () => {
  const change = (by: string) =>
    `UPDATE act.settlement_account_03 SET balance = balance ${by} ORDER BY account_no LIMIT 1`
  expect(await afterTampering(change('+ 1'), change('- 1'))).toContain('differ from what was loaded by 0.01')
})

test('a transfer without its credit is found', async () => {
  const [{ payee, gsn }] = (await bench.admin.query<{ payee: number; gsn: string }>(
    `SELECT payee_account AS payee, gsn FROM pay.transfer ${where()}`,
  )) as [{ payee: number; gsn: string }]
  const table = `act.account_entry_${`${Math.floor(payee / 10) % 16}`.padStart(2, '0')}`
  const rename = (from: string, to: string) =>
    `UPDATE ${table} SET gsn = '${to}' WHERE gsn = '${from}' AND account_no = ${payee}`
  const other = '9'.repeat(26)
  expect(await afterTampering(rename(gsn, other), rename(other, gsn))).toContain(
    `1 transfers do not have exactly one debit and one credit (${key})`,
  )
})
