import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AccountColumns } from '../../../src/population/account-columns.js'
import { activityOf } from '../../../src/population/activity.js'
import { counties, entityHomes } from '../../../src/population/entities.js'
import { Field } from '../../../src/population/field.js'
import { PopulationGenerator } from '../../../src/population/generator.js'
import { WealthTable, wealthMaxFen } from '../../../src/population/opening-balances.js'
import { exp, ln, normalQuantile } from '../../../src/population/portable-math.js'
import { customerTable } from '../../../src/population/tables/customer.js'
import { TsvWriter } from '../../../src/population/tsv-writer.js'
import { weightedTable } from '../../../src/population/weighted-table.js'
import { populationSource, rowsOf } from '../../support/population.js'

test('portable exp and ln agree with the engine’s to twelve digits', () => {
  fc.assert(
    fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
      expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 12)
      expect(ln(Math.exp(x))).toBeCloseTo(x, 10)
    }),
  )
})

test('the normal quantile has the values of the tables', () => {
  expect(normalQuantile(0.5)).toBeCloseTo(0, 8)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 7)
  expect(normalQuantile(0.0001)).toBeCloseTo(-3.719016485, 6)
})

test('a weighted table gives each index its share within one slot, and 0 to weight 0', () => {
  const table = weightedTable([0, 3, 1, 0], 16)
  const counts = [0, 1, 2, 3].map((index) => table.filter((each) => each === index).length)

  expect(counts).toEqual([0, 49_152, 16_384, 0])
})

test('draws of a field are spread evenly, and fields of other names or seeds are unrelated', () => {
  const field = new Field(1, 'customer', 'a')
  const others = [new Field(1, 'customer', 'b'), new Field(2, 'customer', 'a')]
  const buckets = new Array<number>(16).fill(0)
  for (let row = 0; row < 64_000; row++) buckets[field.below(row, 16)]!++

  for (const count of buckets) expect(Math.abs(count - 4000)).toBeLessThan(300)
  for (const other of others) {
    const equal = Array.from({ length: 10_000 }, (_, row) => field.below(row, 16) === other.below(row, 16))
    expect(equal.filter(Boolean).length / 10_000).toBeCloseTo(1 / 16, 1)
  }
})

test('2 % of the customers hold 82 % of the money, 0.07 % hold 31 %, and nobody has more than the limit', () => {
  const table = new WealthTable()
  const people = 2_000_000
  const wealth = Float64Array.from({ length: people }, (_, index) =>
    table.amount(Math.floor(((index + 0.5) / people) * 2 ** 32)),
  ).sort()
  const sum = wealth.reduce((total, amount) => total + amount, 0)
  const shareOf = (richest: number) =>
    wealth.subarray(Math.floor(people * (1 - richest))).reduce((total, amount) => total + amount, 0) / sum

  expect(shareOf(0.0212)).toBeCloseTo(0.82, 2)
  expect(shareOf(0.0007)).toBeCloseTo(0.32, 1)
  expect(wealth.filter((amount) => amount === 0).length / people).toBeCloseTo(0.08, 2)
  expect(wealth.every((amount) => Number.isSafeInteger(amount))).toBe(true)
  expect(table.amount(0xffff_ffff)).toBeLessThanOrEqual(wealthMaxFen)
})

test('activity follows Zipf’s law: the hottest hundredth of the accounts has a third of all entries', () => {
  const people = 1_000_000
  const entries = Float64Array.from({ length: people }, (_, index) =>
    activityOf(Math.floor(((index + 0.5) / people) * 2 ** 32)),
  )
  const sum = entries.reduce((total, each) => total + each, 0)
  const hottest = entries.subarray(0, people / 100).reduce((total, each) => total + each, 0)

  expect(hottest / sum).toBeGreaterThan(0.33)
  expect(entries[people * 0.49]).toBe(3)
  expect(entries[50]! / entries[200]!).toBeCloseTo(4 ** 0.8, 1)
})

test('given names fit the generation, surnames come by frequency', () => {
  const generator = new PopulationGenerator(populationSource({ seed: 1 }))
  const people = rowsOf(generator, customerTable, { first: 0, count: 50_000 })
  const ages = (given: string) =>
    people
      .filter(({ name }) => name!.slice(1) === given)
      .map(({ birth_date }) => Number(birth_date!.slice(0, 4)))
  const mean = (years: readonly number[]) => years.reduce((sum, year) => sum + year, 0) / years.length

  expect(people.filter(({ name }) => name!.startsWith('陈')).length / people.length).toBeCloseTo(0.075, 2)
  expect(mean(ages('秀英'))).toBeLessThan(1965)
  expect(mean(ages('子轩'))).toBeGreaterThan(1990)
})

test('entities have unequal sizes, and customers 1.4 accounts', () => {
  const generator = new PopulationGenerator(populationSource({ seed: 1 }))
  const sizes = new Map<number, number>()
  let accounts = 0
  for (let row = 0; row < 100_000; row++) {
    const entity = generator.customers.entityOf(row)
    sizes.set(entity, (sizes.get(entity) ?? 0) + 1)
    accounts += generator.accounts.countOf(row)
  }

  expect(accounts / 100_000).toBeCloseTo(1.4, 2)
  expect(sizes.size).toBe(81)
  expect(Math.max(...sizes.values()) / Math.min(...sizes.values())).toBeGreaterThan(5)
})

test('nobody has two accounts of class I, and the first account is the oldest', () => {
  const accounts = new AccountColumns(4)
  for (let row = 0; row < 5000; row++) {
    const ordinals = Array.from({ length: accounts.countOf(row) }, (_, ordinal) => ordinal)
    const classes = ordinals.map((ordinal) => accounts.classOf(row, ordinal))
    expect(classes.filter((each) => each === 1).length).toBeLessThanOrEqual(1)
    const dates = ordinals.map((ordinal) => accounts.openedOnOf(row, ordinal, 30_000))
    expect(Math.min(...dates)).toBe(dates[0])
  }
})

test('there are 90 counties with unique codes, and 81 institutions that serve all of them', () => {
  expect(new Set(counties.map(({ code }) => code)).size).toBe(90)
  expect(entityHomes).toHaveLength(81)
  const served = entityHomes.reduce((sum, { weight }) => sum + weight, 0)
  const living = counties.reduce((sum, { weight }) => sum + weight, 0)
  expect(served).toBeCloseTo(living, 6)
})

test('the writer writes any safe integer as its decimal digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
      const writer = new TsvWriter(32)
      writer.decimal(value)
      expect(writer.written().toString()).toBe(`${value}`)
    }),
  )
})
