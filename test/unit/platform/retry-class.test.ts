import { expect, test } from 'vitest'
import { corelabError } from '../../../src/kit/errors.js'
import { BusinessRefusal } from '../../../src/platform/business-refusal.js'
import { retryClassOf } from '../../../src/platform/retry-class.js'

const refusedWith = (errno: number) =>
  corelabError('DATABASE_REFUSED', { message: 'x', cause: Object.assign(new Error('x'), { errno }) })

test('what certainly had no effect is sent again: elsewhere, or at once when it only lost against another', () => {
  expect(retryClassOf(corelabError('DATABASE_UNREACHABLE', { message: 'x' }))).toBe('elsewhere')
  for (const errno of [1053, 1184, 1290, 1836, 2013, 3032, 3100])
    expect(retryClassOf(refusedWith(errno))).toBe('elsewhere')
  for (const errno of [1020, 1205, 1213, 3101]) expect(retryClassOf(refusedWith(errno))).toBe('again')
})

test('a commit without an answer is unknown, and nobody but the caller may send it again', () => {
  expect(retryClassOf(corelabError('WRITE_OUTCOME_UNKNOWN', { message: 'x' }))).toBe('unknown')
})

test('refusals and mistakes are final', () => {
  expect(retryClassOf(refusedWith(1062))).toBe('final')
  expect(retryClassOf(new BusinessRefusal('INSUFFICIENT_FUNDS', 'x'))).toBe('final')
  expect(retryClassOf(new Error('a bug in the work'))).toBe('final')
})
