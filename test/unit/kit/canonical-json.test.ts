import { expect, test } from 'vitest'
import { canonicalJson } from '../../../src/kit/canonical-json.js'

test('the order of the fields does not matter, at any depth', () => {
  expect(canonicalJson({ b: [{ y: 1, x: null }], a: 'text' })).toBe('{"a":"text","b":[{"x":null,"y":1}]}')
})

test('the order of a list does', () => {
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]))
})

test('a field without a value is not there, and in a list it is null', () => {
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}')
})
