import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mysqlDialect } from '../../../src/clients/dialects/mysql.js'
import {
  countGtids,
  formatGtidSet,
  lastGtidsOfSet,
  parseGtidSet,
  subtractGtidSets,
  uniteGtidSets,
} from '../../../src/clients/dialects/mysql-gtid.js'

const a = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const b = '4e11fa47-71ca-11e1-9e33-c80aa9429562'

test("a set is read as the server writes it, in several lines, and as people do, and written in the server's way", () => {
  const set = parseGtidSet(`${b}:9,\n${a.toUpperCase()}:7:1-3:4-5:Payroll:2:payroll:1`)

  expect(formatGtidSet(set)).toBe(`${a}:1-5:7:payroll:1-2,${b}:9`)
  expect(formatGtidSet(parseGtidSet(''))).toBe('')
})

test('tags are origins of their own: the same number with another tag is another transaction', () => {
  const without = parseGtidSet(`${a}:1-5`)
  const tagged = parseGtidSet(`${a}:x:1-5`)

  expect(formatGtidSet(subtractGtidSets({ from: tagged, taken: without }))).toBe(`${a}:x:1-5`)
  expect(countGtids(uniteGtidSets([without, tagged]))).toBe(10)
})

test('what is subtracted from the middle of an interval leaves both its ends', () => {
  const rest = subtractGtidSets({ from: parseGtidSet(`${a}:1-10`), taken: parseGtidSet(`${a}:3-4:8:20`) })

  expect(formatGtidSet(rest)).toBe(`${a}:1-2:5-7:9-10`)
})

test('the last transaction of each origin is what a log is asked for', () => {
  expect(lastGtidsOfSet(parseGtidSet(`${a}:1-5:9:x:1-2,${b}:4`))).toEqual([`${a}:9`, `${a}:x:2`, `${b}:4`])
  expect(mysqlDialect.lastGtidsOf('')).toEqual([])
})

test('a position covers exactly the transactions that are in it', () => {
  const position = `${a}:1-5:x:7`

  expect(mysqlDialect.includes({ position, gtid: `${a}:5` })).toBe(true)
  expect(mysqlDialect.includes({ position, gtid: `${a}:6` })).toBe(false)
  expect(mysqlDialect.includes({ position, gtid: `${a}:x:7` })).toBe(true)
  expect(mysqlDialect.includes({ position, gtid: `${b}:5` })).toBe(false)
})

test('extra transactions are named as ranges', () => {
  const extra = mysqlDialect.extraGtids({ replica: `${a}:1-9,${b}:1-3:x:4`, source: `${a}:1-20,${b}:1` })

  expect(extra).toEqual([`${b}:2-3`, `${b}:x:4`])
})

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 25 })

test('union and difference agree with those of plain sets of numbers', () => {
  const textOf = (set: readonly number[]) =>
    set.length === 0 ? '' : `${a}:${set.map((number) => `${number}`).join(':')}`
  fc.assert(
    fc.property(numbers, numbers, (left, right) => {
      const [leftSet, rightSet] = [parseGtidSet(textOf(left)), parseGtidSet(textOf(right))]

      const difference = subtractGtidSets({ from: leftSet, taken: rightSet })
      const union = uniteGtidSets([leftSet, rightSet])

      const expected = (set: readonly number[]) => formatGtidSet(parseGtidSet(textOf(set)))
      expect(formatGtidSet(difference)).toBe(expected(left.filter((each) => !right.includes(each))))
      expect(formatGtidSet(union)).toBe(expected([...left, ...right]))
      expect(countGtids(union)).toBe(new Set([...left, ...right]).size)
    }),
  )
})

test('text that is no set is refused', () => {
  for (const text of ['0-1-5', a, `${a}:0`, `${a}:5-3`, `${a}:1-`, `${a}:1;2`])
    expect(() => parseGtidSet(text), text).toThrow('MySQL GTID set')
})
