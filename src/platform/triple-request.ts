import { type CorelabError, corelabError } from '../kit/errors.js'
import { isRecord } from '../kit/is-record.js'
import { isLegalEntity } from '../model/legal-entity.js'
import type { CallContext } from './service-call.js'
import type { TripleStatusName } from './triple-status.js'

/** Header names in lower case, as Node gives them. */
export type TripleHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What a call's request line and headers say. */
export interface TripleHead {
  readonly interfaceName: string
  readonly method: string
  readonly context: CallContext
  /** How long the caller waits, from now. */
  readonly timeoutMs: number
}

export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly status: TripleStatusName; readonly error: CorelabError }

export interface TripleLimits {
  readonly timeoutMsDefault: number
  readonly timeoutMsMax: number
}

/**
 * Reads everything but the body of `POST /{interface}/{method}`. Pure: `nowMs` is wall-clock time, `nextGsn` numbers a
 * call that comes without a serial number.
 */
export function parseTripleHead(
  request: { readonly verb: string; readonly path: string; readonly headers: TripleHeaders },
  world: { readonly nowMs: number; readonly nextGsn: () => string; readonly limits: TripleLimits },
): Parsed<TripleHead> {
  const { headers } = request
  const [, interfaceName, method, ...rest] = request.path.split('/')
  if (!interfaceName || !method || rest.length > 0)
    return refused('notFound', 'OPERATION_UNKNOWN', `${request.path} is not /{interface}/{method}`)
  if (request.verb !== 'POST') return refused('wrongMethod', 'CALL_INVALID', 'a call is a POST')
  const mediaType = one(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json')
    return refused(
      'wrongMediaType',
      'CALL_INVALID',
      `content-type is ${mediaType ?? 'missing'}, allowed: application/json`,
    )
  for (const rule of headerRules) {
    const value = one(headers, rule.name)
    if (value === null ? rule.required : !rule.fits(value))
      return refused(
        'badRequest',
        'CALL_INVALID',
        `header ${rule.name} is ${shown(value)}, allowed: ${rule.allowed}`,
      )
  }
  const version = one(headers, 'tri-service-version')
  if (version !== null && version !== serviceVersion)
    return refused(
      'notFound',
      'OPERATION_UNKNOWN',
      `version ${shown(version)} is not offered, only ${serviceVersion}`,
    )
  const timeoutMs = timeoutOf(headers, world)
  if (timeoutMs <= 0)
    return refused('serverTimeout', 'CALL_TIMED_OUT', 'the deadline in x-deadline has passed')
  const context = contextOf(headers, world.nextGsn)
  return { kind: 'ok', value: { interfaceName, method, context, timeoutMs } }
}

/** The body is a JSON array with one argument, an object; an empty array is an empty object. */
export function parseTripleBody(body: Buffer): Parsed<Readonly<Record<string, unknown>>> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return refused('serialization', 'CALL_INVALID', 'the body is not JSON in UTF-8')
  }
  if (!Array.isArray(value) || value.length > 1)
    return refused('badRequest', 'CALL_INVALID', 'the body must be a JSON array with one argument')
  const argument: unknown = value[0] ?? {}
  if (!isRecord(argument)) return refused('badRequest', 'CALL_INVALID', 'the argument must be a JSON object')
  return { kind: 'ok', value: argument }
}

export function refused(
  status: TripleStatusName,
  code: 'CALL_INVALID' | 'OPERATION_UNKNOWN' | 'CALL_TIMED_OUT',
  message: string,
): { readonly kind: 'refused'; readonly status: TripleStatusName; readonly error: CorelabError } {
  return { kind: 'refused', status, error: corelabError(code, { message }) }
}

/** The only version of every contract so far. */
const serviceVersion = '1.0.0'

interface HeaderRule {
  readonly name: string
  readonly required: boolean
  readonly allowed: string
  readonly fits: (value: string) => boolean
}

const optional = (name: string, pattern: RegExp, allowed: string): HeaderRule => ({
  name,
  required: false,
  allowed,
  fits: (value) => pattern.test(value),
})

const shortCode = /^[\w.:-]{1,32}$/

const headerRules: readonly HeaderRule[] = [
  { name: 'x-le', required: true, allowed: 'a legal entity, E00 to E81', fits: isLegalEntity },
  optional('tri-protocol-version', /^1(?:\.0\.0)?$/, '1 or 1.0.0'),
  optional('tri-service-timeout', /^[1-9]\d{0,6}$/, 'milliseconds'),
  optional('x-deadline', /^\d{13}$/, 'milliseconds since 1970, 13 digits'),
  optional('x-gsn', /^[0-9A-Z]{26}$/, '26 digits and capital letters'),
  optional('idempotency-key', /^[\x21-\x7e]{1,64}$/, '1 to 64 visible ASCII characters'),
  optional('x-read', /^(?:any|bounded|master)$/, 'any, bounded or master'),
  optional('x-bizdate', /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'a date like 2026-01-31'),
  optional('x-inst', shortCode, 'a code'),
  optional('x-ch', shortCode, 'a code'),
  optional('x-op', shortCode, 'a code'),
  optional('traceparent', /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'a W3C trace parent'),
]

function contextOf(headers: TripleHeaders, nextGsn: () => string): CallContext {
  return {
    le: one(headers, 'x-le') as CallContext['le'],
    gsn: one(headers, 'x-gsn') ?? nextGsn(),
    idempotencyKey: one(headers, 'idempotency-key'),
    readMode: (one(headers, 'x-read') ?? 'any') as CallContext['readMode'],
    institution: one(headers, 'x-inst'),
    channel: one(headers, 'x-ch'),
    operator: one(headers, 'x-op'),
    businessDate: one(headers, 'x-bizdate'),
    traceParent: one(headers, 'traceparent'),
  }
}

function timeoutOf(
  headers: TripleHeaders,
  { nowMs, limits }: { readonly nowMs: number; readonly limits: TripleLimits },
): number {
  const asked = Number(one(headers, 'tri-service-timeout') ?? limits.timeoutMsDefault)
  const deadline = one(headers, 'x-deadline')
  const left = deadline === null ? asked : Number(deadline) - nowMs
  return Math.min(asked, left, limits.timeoutMsMax)
}

/** A repeated header has no meaning here; Node joins most of them with commas, which then fit no rule. */
function one(headers: TripleHeaders, name: string): string | null {
  const value = headers[name]
  if (Array.isArray(value)) return value.join(', ')
  return value ?? null
}

const shownLengthMax = 60

function shown(value: string | null): string {
  if (value === null) return 'missing'
  return JSON.stringify(value.length > shownLengthMax ? `${value.slice(0, shownLengthMax)}...` : value)
}
