import { expect, test } from 'vitest'
import { corelabError } from '../../../src/kit/errors.js'
import { BusinessRefusal } from '../../../src/platform/business-refusal.js'
import { retryClassOf } from '../../../src/platform/retry-class.js'

const refusedWith = (errno: number) =>
  corelabError('DATABASE_REFUSED', { message: 'x', cause: Object.assign(new Error('x'), { errno }) })

test('only what certainly had no effect is sent again', () => {
  expect(retryClassOf(corelabError('DATABASE_UNREACHABLE', { message: 'x' }))).toBe('elsewhere')
  expect(retryClassOf(refusedWith(1290))).toBe('elsewhere')
  expect(retryClassOf(refusedWith(1213))).toBe('again')
  expect(retryClassOf(refusedWith(1062))).toBe('final')
  expect(retryClassOf(corelabError('WRITE_OUTCOME_UNKNOWN', { message: 'x' }))).toBe('final')
  expect(retryClassOf(new BusinessRefusal('INSUFFICIENT_FUNDS', 'x'))).toBe('final')
  expect(retryClassOf(new Error('a bug in the work'))).toBe('final')
})
