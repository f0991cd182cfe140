import { expect, test } from 'vitest'
import { requestHash } from '../../../src/platform/request-hash.js'

test('equal content has an equal hash whatever the order of its fields; another value has another', () => {
  const hash = requestHash({ a: '1', b: { c: [1, 2], d: null } })

  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(requestHash({ b: { d: null, c: [1, 2] }, a: '1', e: undefined })).toBe(hash)
  expect(requestHash({ a: '1', b: { c: [2, 1], d: null } })).not.toBe(hash)
  expect(requestHash({ a: 1, b: { c: [1, 2], d: null } })).not.toBe(hash)
})
