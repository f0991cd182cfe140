import { describe, expect, test } from 'vitest'
import { parseTripleBody, parseTripleHead } from '../../../src/platform/triple-request.js'
import { tripleStatuses } from '../../../src/platform/triple-status.js'

const world = {
  nowMs: 1_800_000_000_000,
  nextGsn: () => 'G'.repeat(26),
  limits: { timeoutMsDefault: 15_000, timeoutMsMax: 60_000 },
}
const good = { 'content-type': 'application/json', 'x-le': 'E01' }
const head = (headers: Record<string, string>, { verb = 'POST', path = '/a.B/c' } = {}) =>
  parseTripleHead({ verb, path, headers: { ...good, ...headers } }, world)

/** HTTP status and message of a refusal, or 'ok'. */
function outcome(parsed: ReturnType<typeof head> | ReturnType<typeof parseTripleBody>): string {
  return parsed.kind === 'ok' ? 'ok' : `${tripleStatuses[parsed.status].http} ${parsed.error.message}`
}

describe('head', () => {
  test('a call with its headers is read into its context', () => {
    const parsed = head({
      'tri-protocol-version': '1.0.0',
      'tri-service-timeout': '2500',
      'x-gsn': '0123456789ABCDEFGHJKMNPQRS',
      'idempotency-key': 'k-1',
      'x-read': 'master',
      'x-bizdate': '2026-01-31',
      'x-op': 'teller.7',
      'content-type': 'application/json; charset=utf-8',
    })

    expect(parsed).toEqual({
      kind: 'ok',
      value: {
        interfaceName: 'a.B',
        method: 'c',
        timeoutMs: 2500,
        context: {
          le: 'E01',
          gsn: '0123456789ABCDEFGHJKMNPQRS',
          idempotencyKey: 'k-1',
          readMode: 'master',
          institution: null,
          channel: null,
          operator: 'teller.7',
          businessDate: '2026-01-31',
          traceParent: null,
        },
      },
    })
  })

  test('a call without serial number, time-out and read mode gets the defaults', () => {
    expect(head({})).toMatchObject({
      value: { timeoutMs: 15_000, context: { gsn: 'G'.repeat(26), readMode: 'any', idempotencyKey: null } },
    })
  })

  test('a read may ask for a bound on its staleness', () => {
    expect(head({ 'x-read': 'bounded' })).toMatchObject({ value: { context: { readMode: 'bounded' } } })
  })

  test('the caller waits until its deadline or time-out, whichever is sooner, and never above the limit', () => {
    const deadline = (inMs: number) => ({ 'x-deadline': (world.nowMs + inMs).toString() })
    const timeoutMs = (headers: Record<string, string>) => {
      const parsed = head(headers)
      return parsed.kind === 'ok' ? parsed.value.timeoutMs : null
    }

    expect(timeoutMs(deadline(700))).toBe(700)
    expect(timeoutMs({ ...deadline(700), 'tri-service-timeout': '300' })).toBe(300)
    expect(timeoutMs({ 'tri-service-timeout': '9999999' })).toBe(60_000)
    expect(outcome(head(deadline(-1)))).toBe('408 the deadline in x-deadline has passed')
  })

  test.each([
    [{ 'x-le': 'E82' }, '400 header x-le is "E82", allowed: a legal entity, E00 to E81'],
    [{ 'x-le': '' }, '400 header x-le is "", allowed: a legal entity, E00 to E81'],
    [{ 'tri-protocol-version': '2' }, '400 header tri-protocol-version is "2", allowed: 1 or 1.0.0'],
    [{ 'tri-service-timeout': '0' }, '400 header tri-service-timeout is "0", allowed: milliseconds'],
    [{ 'x-read': 'slave' }, '400 header x-read is "slave", allowed: any, bounded or master'],
    [
      { 'idempotency-key': 'two words' },
      '400 header idempotency-key is "two words", allowed: 1 to 64 visible ASCII characters',
    ],
    [{ 'x-bizdate': '2026-02-32' }, '400 header x-bizdate is "2026-02-32", allowed: a date like 2026-01-31'],
    [{ 'content-type': 'text/plain' }, '415 content-type is text/plain, allowed: application/json'],
    [{ 'tri-service-version': '2.0.0' }, '404 version "2.0.0" is not offered, only 1.0.0'],
  ])('%o is refused', (headers, expected) => {
    expect(outcome(head(headers as Record<string, string>))).toBe(expected)
  })

  test('a missing entity, another verb and another path are refused', () => {
    const { 'x-le': _, ...withoutEntity } = good
    const parsed = parseTripleHead({ verb: 'POST', path: '/a.B/c', headers: withoutEntity }, world)

    expect(outcome(parsed)).toBe('400 header x-le is missing, allowed: a legal entity, E00 to E81')
    expect(outcome(head({}, { verb: 'PUT' }))).toBe('405 a call is a POST')
    expect(outcome(head({}, { path: '/a.B' }))).toBe('404 /a.B is not /{interface}/{method}')
    expect(outcome(head({}, { path: '/a.B/c/d' }))).toBe('404 /a.B/c/d is not /{interface}/{method}')
  })
})

describe('body', () => {
  const body = (text: string | Buffer) => parseTripleBody(Buffer.from(text as string))

  test('one object in an array is the argument, nothing in it is an empty one', () => {
    expect(body('[{"a":"1"}]')).toEqual({ kind: 'ok', value: { a: '1' } })
    expect(body('[]')).toEqual({ kind: 'ok', value: {} })
  })

  test.each([
    ['{"a":1}', '400 the body must be a JSON array with one argument'],
    ['[{},{}]', '400 the body must be a JSON array with one argument'],
    ['[1]', '400 the argument must be a JSON object'],
    ['[[]]', '400 the argument must be a JSON object'],
    ['[{', '400 the body is not JSON in UTF-8'],
    ['', '400 the body is not JSON in UTF-8'],
  ])('%s is refused', (text, expected) => {
    expect(outcome(body(text))).toBe(expected)
  })

  test('bytes that are not UTF-8 are refused instead of being replaced', () => {
    expect(outcome(parseTripleBody(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])))).toBe(
      '400 the body is not JSON in UTF-8',
    )
  })
})
