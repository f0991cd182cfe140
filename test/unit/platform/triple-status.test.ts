import { expect, test } from 'vitest'
import { corelabError } from '../../../src/kit/errors.js'
import { tripleFailureBody, tripleStatuses, tripleStatusOf } from '../../../src/platform/triple-status.js'

test('each kind of failure has its status of the protocol and of HTTP', () => {
  const seen = (
    [
      'CALL_INVALID',
      'OPERATION_NOT_BUILT',
      'CALL_TIMED_OUT',
      'SUBSYSTEM_UNAVAILABLE',
      'NO_MASTER',
      'BUG',
    ] as const
  ).map((code) => {
    const { status, http } = tripleStatuses[tripleStatusOf(corelabError(code, { message: 'x' }))]
    return `${code} ${status} ${http}`
  })

  expect(seen).toEqual([
    'CALL_INVALID 40 400',
    'OPERATION_NOT_BUILT 60 404',
    'CALL_TIMED_OUT 31 408',
    'SUBSYSTEM_UNAVAILABLE 35 500',
    'NO_MASTER 70 500',
    'BUG 80 500',
  ])
})

test('a failure says whether the call may be tried again', () => {
  const body = (code: 'NO_MASTER' | 'CALL_INVALID') => {
    const error = corelabError(code, { message: 'why' })
    return tripleFailureBody(error, tripleStatusOf(error))
  }

  expect(body('NO_MASTER')).toEqual({ status: 70, message: 'why', code: 'NO_MASTER', retryable: true })
  expect(body('CALL_INVALID').retryable).toBe(false)
})
