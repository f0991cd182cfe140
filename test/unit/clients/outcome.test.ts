import { expect, test } from 'vitest'
import { mysqlErrno, outcomeOf, statementCut, statementRefused } from '../../../src/clients/mysql/outcome.js'

const serverError = (errno: number) => Object.assign(new Error(`error ${errno}`), { errno })
const failed = (sql: string, kind: 'commit' | 'open-transaction' | 'read', cause: Error, sent = true) => ({
  target: 'x@y',
  sql,
  phase: { kind, sent },
  cause,
})

test('a refused COMMIT is certain only for the errors that roll back', () => {
  const codeOf = (errno: number) => statementRefused(failed('COMMIT', 'commit', serverError(errno))).code

  expect([1213, 1290, 1792, 1836, 3100, 3101].map(codeOf)).toEqual(Array(6).fill('DATABASE_REFUSED'))
  // Killed, shut down or given up while it waited for the acknowledgement: the commit may be durable.
  expect([1053, 1180, 1317, 1927, 2013].map(codeOf)).toEqual(Array(5).fill('WRITE_OUTCOME_UNKNOWN'))
})

test('a refused writing statement that commits itself is certain unless the server gave up waiting', () => {
  const codeOf = (errno: number) => statementRefused(failed('INSERT ...', 'commit', serverError(errno))).code

  expect([1062, 1146, 1213, 1290].map(codeOf)).toEqual(Array(4).fill('DATABASE_REFUSED'))
  expect([1053, 1317, 1927, 2013].map(codeOf)).toEqual(Array(4).fill('WRITE_OUTCOME_UNKNOWN'))
})

test('inside an open transaction every refusal and every cut is certain', () => {
  expect(statementRefused(failed('UPDATE ...', 'open-transaction', serverError(1317))).code).toBe(
    'DATABASE_REFUSED',
  )
  expect(statementCut(failed('UPDATE ...', 'open-transaction', new Error('reset'))).code).toBe(
    'DATABASE_UNREACHABLE',
  )
})

test('a cut commit is unknown once it was sent, and certain before', () => {
  const reset = new Error('reset')

  expect(statementCut(failed('COMMIT', 'commit', reset)).code).toBe('WRITE_OUTCOME_UNKNOWN')
  expect(statementCut(failed('COMMIT', 'commit', reset, false)).code).toBe('DATABASE_UNREACHABLE')
})

test('an error of another kind is never taken for certain', () => {
  expect(outcomeOf(new Error('who knows'))).toBe('unknown')
  expect(outcomeOf(statementCut(failed('COMMIT', 'commit', new Error('x'))))).toBe('unknown')
  expect(outcomeOf(statementRefused(failed('INSERT', 'commit', serverError(1062))))).toBe('not-applied')
})

test('the number is the server’s, found under any number of causes; system errors have none', () => {
  const wrapped = new Error('outer', { cause: new Error('inner', { cause: serverError(1062) }) })

  expect(mysqlErrno(wrapped)).toBe(1062)
  expect(mysqlErrno(Object.assign(new Error('refused'), { errno: -111 }))).toBeNull()
  expect(mysqlErrno('text')).toBeNull()
})
