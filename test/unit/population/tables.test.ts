import { expect, test } from 'vitest'
import {
  type AccountNo,
  subTableOfAccount,
  subTableOfIdentity,
  subTableOfMobile,
} from '../../../src/model/sub-tables.js'
import { isCardNo } from '../../../src/population/card-numbers.js'
import { counties } from '../../../src/population/entities.js'
import { PopulationGenerator } from '../../../src/population/generator.js'
import { batchCustomers } from '../../../src/population/population.js'
import { isResidentId } from '../../../src/population/resident-id.js'
import type { PopulationTableName } from '../../../src/population/tables/population-table.js'
import { populationTable, populationTables } from '../../../src/population/tables/population-tables.js'
import { linesOfSubTable, populationSource, rowsOf } from '../../support/population.js'

const generator = new PopulationGenerator(populationSource({ seed: 99 }))
const count = 20_000
const rows = (name: PopulationTableName, of = generator, first = 0, customers = count) =>
  rowsOf(of, populationTable(name), { first, count: customers })

const customers = rows('cif.customer')
const accounts = rows('act.settlement_account')
const customerById = new Map(customers.map((row) => [row.customer_id!, row]))
const accountByNo = new Map(accounts.map((row) => [row.account_no!, row]))

const distinct = (values: readonly (string | undefined)[]) => new Set(values).size

test('customer, identity, mobile, account and card numbers are given once', () => {
  const cards = rows('cif.route_account').filter(({ card_no }) => card_no !== '')

  expect(customers).toHaveLength(count)
  expect(distinct(customers.map(({ customer_id }) => customer_id))).toBe(count)
  expect(distinct(customers.map(({ identity_no }) => identity_no))).toBe(count)
  expect(distinct(customers.map(({ mobile }) => mobile))).toBe(count)
  expect(distinct(accounts.map(({ account_no }) => account_no))).toBe(accounts.length)
  expect(cards.length).toBeGreaterThan(count * 0.85)
  expect(distinct(cards.map(({ card_no }) => card_no))).toBe(cards.length)
})

test('identity numbers are right, and tell the birth date and the sex of the customer', () => {
  for (const { identity_no, birth_date, sex } of customers) {
    expect(isResidentId(identity_no!)).toBe(true)
    expect(identity_no!.slice(6, 14)).toBe(birth_date!.replaceAll('-', ''))
    expect(Number(identity_no![16]) % 2).toBe(sex === 'M' ? 1 : 0)
  }
})

test('a safe population has no number that somebody could have', () => {
  for (const { identity_no, mobile } of customers) {
    expect(identity_no).toMatch(/^3399/)
    expect(counties.some(({ code }) => identity_no!.startsWith(code))).toBe(false)
    expect(mobile).toMatch(/^(142|143|154|161|164|194)\d{8}$/)
  }
  for (const { card_no } of rows('cif.route_account')) expect(card_no).toMatch(/^(9999\d{15})?$/)
  for (const { kind, value } of rows('cif.contact')) {
    if (kind === 'E') expect(value).toMatch(/@(example\.(com|net|org)|mail\.example)$/)
    if (kind === 'L') expect(value).toMatch(/^05\d\d-0\d{7}$/)
  }
  for (const { document_type, document_no } of rows('cif.identity_document')) {
    expect(document_no).toMatch(document_type === 'R' ? /^3399/ : /^QZ/)
  }
})

test('a lookalike has numbers of ranges in use, with right check digits', () => {
  const lookalike = new PopulationGenerator(populationSource({ seed: 99, identity: 'lookalike' }))
  const codes = new Set(counties.map(({ code }) => code))
  const people = rows('cif.customer', lookalike)

  for (const { identity_no, mobile } of people) {
    expect(codes.has(identity_no!.slice(0, 6)) && isResidentId(identity_no!)).toBe(true)
    expect(mobile).toMatch(/^1(3\d|5[0-35-9]|7[678]|8\d)\d{8}$/)
  }
  expect(distinct(people.map(({ mobile }) => mobile))).toBe(count)
  expect(distinct(people.map(({ identity_no }) => identity_no))).toBe(count)
  expect(distinct(people.map(({ mobile }) => mobile!.slice(0, 3)))).toBe(32)
})

test('cards have 19 digits with Luhn’s check digit, and only accounts of class I have one', () => {
  const plain = rows('cif.route_account')
  const real = rows(
    'cif.route_account',
    new PopulationGenerator(populationSource({ seed: 9, identity: 'lookalike' })),
  )

  for (const { account_no, card_no } of plain) {
    expect(card_no !== '').toBe(accountByNo.get(account_no!)!.account_class === '1')
  }
  for (const { card_no } of [...plain, ...real].filter((row) => row.card_no !== '')) {
    expect(card_no).toHaveLength(19)
    expect(isCardNo(card_no!)).toBe(true)
  }
  expect([isCardNo('4111111111111111'), isCardNo('4111111111111112')]).toEqual([true, false])
})

test('English names and addresses are plain ASCII, of the same people with the same numbers', () => {
  const english = rows('cif.customer', new PopulationGenerator(populationSource({ seed: 99, locale: 'en' })))

  for (const { name, address } of english) {
    expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(address).toMatch(
      /^Room \d+, Unit \d, Building \d+, \d+ [A-Za-z ]+ Road, .*, [A-Z][a-z]+, Zhejiang$/,
    )
  }
  const numbersOf = ({ identity_no, mobile, birth_date, county_code }: Record<string, string>) => [
    identity_no,
    mobile,
    birth_date,
    county_code,
  ]
  expect(english.map(numbersOf)).toEqual(customers.map(numbersOf))
})

test('every row of every table belongs to a customer, or to an account, of the same entity', () => {
  for (const table of populationTables.filter(({ order }) => order !== 'batch')) {
    for (const row of rows(table.name)) {
      const customer = customerById.get(row.customer_id ?? row.account_no!.slice(0, 10))
      expect(customer?.le_code, table.name).toBe(row.le_code)
      if (row.account_no !== undefined) expect(accountByNo.has(row.account_no)).toBe(true)
    }
  }
})

test('routes lead back to the customer, from the sub-table that the value itself names', () => {
  const cases = [
    { name: 'cif.route_mobile', subTableOf: (row: Record<string, string>) => subTableOfMobile(row.mobile!) },
    {
      name: 'cif.route_identity',
      subTableOf: (row: Record<string, string>) => subTableOfIdentity(row.identity_no!),
    },
    {
      name: 'cif.route_account',
      subTableOf: (row: Record<string, string>) => subTableOfAccount(Number(row.account_no) as AccountNo),
    },
  ] as const
  for (const identity of ['safe', 'lookalike'] as const) {
    const of = new PopulationGenerator(populationSource({ seed: 99, identity }))
    for (const { name, subTableOf } of cases) {
      const table = populationTable(name)
      const keys = of.keysOf({ first: 0, count: 2000 }, table.order)
      for (let subTable = 0; subTable < 16; subTable++) {
        for (const line of linesOfSubTable(of, table, keys, subTable).toString().split('\n').slice(0, -1)) {
          const values = line.split('\t')
          const row = Object.fromEntries(table.fields.map((field, index) => [field, values[index]!]))
          expect(subTableOf(row)).toBe(subTable)
        }
      }
    }
  }
  for (const { mobile, customer_id } of rows('cif.route_mobile')) {
    expect(customerById.get(customer_id!)?.mobile).toBe(mobile)
  }
  for (const { identity_no, customer_id } of rows('cif.route_identity')) {
    expect(customerById.get(customer_id!)?.identity_no).toBe(identity_no)
  }
})

test('the sub-accounts of an account add up to its opening balance, and term deposits are the agreements', () => {
  const subAccounts = rows('act.ledger_sub_account')
  const sums = new Map<string, bigint>()
  for (const { account_no, opening_balance } of subAccounts) {
    sums.set(account_no!, (sums.get(account_no!) ?? 0n) + BigInt(opening_balance!))
  }
  const termDeposits = subAccounts.filter(({ kind }) => kind === 'T')

  expect(sums.size).toBe(accounts.length)
  for (const { account_no, balance } of accounts) expect(sums.get(account_no!)).toBe(BigInt(balance!))
  expect(subAccounts.every(({ opening_balance }) => BigInt(opening_balance!) >= 0n)).toBe(true)
  expect(termDeposits.length).toBeGreaterThan(count * 0.03)
  expect(
    rows('lia.product_holding').map((row) => [row.customer_id, row.amount, row.started_on, row.ends_on]),
  ).toEqual(
    termDeposits.map((row) => [
      row.account_no!.slice(0, 10),
      row.opening_balance,
      row.opened_on,
      row.matures_on,
    ]),
  )
})

test('balances are within the limits of the class, and only the first account is of class I', () => {
  const limits: Record<string, number> = { 1: 30_000_000_000, 2: 20_000_000, 3: 200_000 }

  for (const { account_no, account_class, balance, opened_on } of accounts) {
    const since = customerById.get(account_no!.slice(0, 10))!.opened_on!
    expect(Number(balance)).toBeGreaterThanOrEqual(0)
    expect(Number(balance)).toBeLessThanOrEqual(limits[account_class!]!)
    if (account_class === '1') expect(account_no).toMatch(/0$/)
    expect(opened_on! >= since).toBe(true)
  }
})

test('the vouchers of a batch balance, and are the opening balances of its accounts by entity and class', () => {
  const inBatch = 1500
  const first = batchCustomers - 500
  const of = (name: PopulationTableName) => rows(name, generator, first, inBatch)
  const vouchers = of('acc.opening_voucher')
  const lines = of('acc.opening_voucher_line')
  const sums = new Map<string, bigint>()
  for (const row of rows('act.settlement_account', generator, batchCustomers, inBatch - 500)) {
    const key = `${row.le_code} 211${row.account_class}`
    sums.set(key, (sums.get(key) ?? 0n) + BigInt(row.balance!))
  }

  expect(distinct(vouchers.map(({ batch_no }) => batch_no))).toBe(2)
  for (const { le_code, batch_no, debit_total, credit_total } of vouchers) {
    const own = lines.filter((line) => line.le_code === le_code && line.batch_no === batch_no)
    const sum = (direction: string) =>
      own
        .filter((line) => line.direction === direction)
        .reduce((total, line) => total + BigInt(line.amount!), 0n)
    expect([sum('D'), sum('C')]).toEqual([BigInt(debit_total!), BigInt(credit_total!)])
    expect(sum('D')).toBe(sum('C'))
  }
  for (const line of lines.filter(({ batch_no, direction }) => batch_no === '1' && direction === 'C')) {
    expect(BigInt(line.amount!)).toBe(sums.get(`${line.le_code} ${line.gl_account}`) ?? 0n)
  }
})
