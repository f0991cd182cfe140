import { expect, test } from 'vitest'
import { stateUpTo } from '../../../../src/cluster/rejoin/flashback.js'

test('the binlog state before a fork keeps who wrote earlier, and ends with the last common transaction', () => {
  expect(stateUpTo(['0-2-90,0-1-103'], '0-1-100')).toBe('0-2-90,0-1-100')
  expect(stateUpTo(['0-1-103', ''], '0-2-100')).toBe('0-2-100')
  expect(stateUpTo(['0-2-100,0-1-103'], '0-2-100')).toBe('0-2-100')
})

test("what an extra writer had written before the fork is known from the master's state", () => {
  expect(stateUpTo(['0-1-103,0-2-100', '0-1-60,0-2-100,0-33-140'], '0-2-100')).toBe('0-1-60,0-2-100')
})

test('another domain is left as it is', () => {
  expect(stateUpTo(['0-1-103, 5-1-999'], '0-1-100')).toBe('5-1-999,0-1-100')
})
