import { expect, test } from 'vitest'
import {
  amountField,
  countField,
  numberField,
  refuseOtherFields,
  textField,
} from '../../../src/platform/argument.js'

test('amounts are strings of minor units, positive and without a fraction', () => {
  expect(amountField({ amount: '999999999999999999' }, 'amount')).toBe(999_999_999_999_999_999n)
  for (const amount of [
    '0',
    '-1',
    '1.5',
    '01',
    '1e3',
    '',
    ' 1',
    '1000000000000000000',
    5,
    null,
    undefined,
    ['1'],
  ])
    expect(() => amountField({ amount }, 'amount'), String(amount)).toThrow(
      /argument.amount is .*, allowed: a positive amount/,
    )
})

test('numbers of the bank are strings of up to 15 digits, so that they stay exact', () => {
  expect(numberField({ id: '123456789012345' }, 'id')).toBe(123_456_789_012_345)
  for (const id of ['1234567890123456', 1, '0', 'x'])
    expect(() => numberField({ id }, 'id')).toThrow('argument.id is')
})

test('a long wrong value is cut in the message', () => {
  const rule = { lengthMax: 3, allowed: 'three letters' }

  expect(() => textField({ name: 'x'.repeat(500) }, 'name', rule)).toThrow(
    /^argument.name is "x{59}\.\.\., allowed: three letters$/,
  )
})

test('a count has a default and a range', () => {
  const rule = { min: 1, max: 100, otherwise: 20 }

  expect(countField({}, 'limit', rule)).toBe(20)
  expect(countField({ limit: 100 }, 'limit', rule)).toBe(100)
  for (const limit of [0, 101, 1.5, '10'])
    expect(() => countField({ limit }, 'limit', rule)).toThrow('a whole number from 1 to 100')
})

test('a field that the operation does not have is refused', () => {
  expect(() => refuseOtherFields({ customerId: '1', balence: '2' }, ['customerId', 'balance'])).toThrow(
    'argument.balence is not a field of this operation',
  )
})
