import { expect, test } from 'vitest'
import { formatSessionToken, freshToken, parseSessionToken } from '../../../src/platform/session-token.js'

test('a token comes back as it went, from either engine', () => {
  for (const position of ['', '0-1-99', '0-1-99,1-2-5', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:11-18'])
    expect(parseSessionToken(formatSessionToken({ epoch: 3, position, masterOnly: false }))).toEqual({
      epoch: 3,
      position,
      masterOnly: false,
    })
  expect(parseSessionToken(formatSessionToken(freshToken))).toEqual(freshToken)
})

test('a token fits a header: what would be too long, or is in no position, is left to the master', () => {
  const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
  const spaced = formatSessionToken({ epoch: 1, position: `${uuid}:1-5,\n${uuid}:7`, masterOnly: false })
  expect(spaced).toBe(`1.1.r.${uuid}:1-5,${uuid}:7`)

  const long = { epoch: 1, position: '1'.repeat(1001), masterOnly: false }
  expect(parseSessionToken(formatSessionToken(long))).toEqual({ epoch: 1, position: '', masterOnly: true })
  expect(formatSessionToken({ epoch: 2, position: '0-1-7', masterOnly: true })).toBe('1.2.m.')
})

test('anything else is refused', () => {
  for (const text of [
    '',
    '0-1-99',
    '2.1.r.0-1-99',
    '1.x.r.',
    '1.1.r.0-1-99; DROP',
    `1.1.r.${'1'.repeat(1001)}`,
  ])
    expect(() => parseSessionToken(text), text).toThrow('not one that corelab gave')
})
