import { expect, test } from 'vitest'
import { AccountSampler, sampledPopulation } from '../../../src/load/account-sampler.js'
import { customerOfAccount } from '../../../src/model/sub-tables.js'
import { describeRow } from '../../../src/population/describe-row.js'
import { openingBalances } from '../../../src/population/opening-of.js'

const spec = { seed: 8, customers: 500, entities: 81, locale: 'zh', identity: 'safe' } as const

test('every sampled account is one that the generator made, in its own entity', () => {
  const population = sampledPopulation(spec)
  const sampler = new AccountSampler(population, 1)

  for (let each = 0; each < 5; each++) {
    const { le, accountNo } = sampler.account()
    const row = population.customers.rowOf(customerOfAccount(accountNo))
    const accounts = describeRow(spec, row).tables.get('act.settlement_account')!
    expect(row).toBeLessThan(spec.customers)
    expect(accounts).toContainEqual(expect.objectContaining({ le_code: le, account_no: `${accountNo}` }))
  }
})

test('a pair is two accounts of one entity, and the payer was loaded with enough', () => {
  const population = sampledPopulation(spec)
  const sampler = new AccountSampler(population, 2)
  const openingOf = openingBalances(spec)

  for (let each = 0; each < 100; each++) {
    const pair = sampler.pair({ balanceMin: 10_000 })!
    const entities = [pair.payer, pair.payee].map((account) =>
      population.customers.entityOf(population.customers.rowOf(customerOfAccount(account))),
    )
    expect(pair.payer).not.toBe(pair.payee)
    expect(new Set(entities).size).toBe(1)
    expect(openingOf(pair.payer)).toBeGreaterThanOrEqual(10_000n)
  }
})

test('a population too small for a pair is told, not looped on', () => {
  const sampler = new AccountSampler(sampledPopulation({ ...spec, customers: 1 }), 3)

  expect(sampler.pair({ balanceMin: 0 })).toBeNull()
})

test('the opening balance of an account is the one written for it, and 0 for numbers that were never given', () => {
  const openingOf = openingBalances(spec)
  const accounts = describeRow(spec, 17).tables.get('act.settlement_account')!
  const beyond = describeRow(spec, 501).tables.get('act.settlement_account')![0]!

  for (const { account_no, balance } of accounts) {
    expect(openingOf(Number(account_no) as never)).toBe(BigInt(balance!))
  }
  expect(openingOf(Number(beyond.account_no) as never)).toBe(0n)
  expect(openingOf((Number(accounts[0]!.account_no) + 7) as never)).toBe(0n)
  expect(openingOf(42 as never)).toBe(0n)
})
