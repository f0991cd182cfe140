import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AccountColumns } from '../../../src/population/account-columns.js'
import { counties, entityHomes } from '../../../src/population/entities.js'
import { Field } from '../../../src/population/field.js'
import { BalanceTable, balanceCurves } from '../../../src/population/opening-balances.js'
import { exp, ln, normalQuantile } from '../../../src/population/portable-math.js'
import { TsvWriter } from '../../../src/population/tsv-writer.js'
import { weightedTable } from '../../../src/population/weighted-table.js'

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
  const table = weightedTable([0, 3, 1, 0])
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

test('balances have the median of their class, a long tail, a share of zeros, and never pass the limit', () => {
  const curve = balanceCurves[1]
  const table = new BalanceTable(curve)
  const [draw, zero] = [new Field(1, 't', 'draw'), new Field(1, 't', 'zero')]
  const balances = Array.from({ length: 100_000 }, (_, row) =>
    table.amount(draw.uint32(row), zero.uint32(row)),
  )
  const positive = balances.filter((balance) => balance > 0).sort((a, b) => a - b)
  const sum = positive.reduce((total, balance) => total + balance, 0)
  const richest = positive.slice(-2000).reduce((total, balance) => total + balance, 0)

  expect(positive[positive.length >> 1]! / curve.median).toBeCloseTo(1, 1)
  expect(1 - positive.length / balances.length).toBeCloseTo(curve.zeroShare, 2)
  expect(richest / sum).toBeGreaterThan(0.5)
  expect(positive.at(-1)).toBeLessThanOrEqual(curve.limit)
  expect(table.amount(0xffff_ffff, 0xffff_ffff)).toBe(curve.limit)
  expect(new BalanceTable(balanceCurves[3]).amount(0xffff_ffff, 0xffff_ffff)).toBe(200_000)
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
