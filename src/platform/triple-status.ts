import type { ErrorCode } from '../kit/error-catalogue.js'
import type { CorelabError } from '../kit/errors.js'

/** The status codes of the Triple protocol (Apache Dubbo 3) that we answer with, and HTTP's beside them. */
export const tripleStatuses = Object.freeze({
  ok: { status: 20, http: 200 },
  serialization: { status: 25, http: 400 },
  serverTimeout: { status: 31, http: 408 },
  channelInactive: { status: 35, http: 500 },
  badRequest: { status: 40, http: 400 },
  /** The protocol's "bad request", said more precisely in HTTP. */
  wrongMethod: { status: 40, http: 405 },
  tooLarge: { status: 40, http: 413 },
  wrongMediaType: { status: 40, http: 415 },
  notFound: { status: 60, http: 404 },
  serviceError: { status: 70, http: 500 },
  serverError: { status: 80, http: 500 },
})

export type TripleStatusName = keyof typeof tripleStatuses

/** A technical failure as it goes over the wire. The protocol asks for the first two fields. */
export interface TripleFailureBody {
  readonly status: number
  readonly message: string
  readonly code: ErrorCode
  /** The same call may succeed later. For a write: with the same idempotency key. */
  readonly retryable: boolean
}

export function tripleStatusOf(error: CorelabError): TripleStatusName {
  return statusByCode[error.code] ?? 'serviceError'
}

export function tripleFailureBody(error: CorelabError, name: TripleStatusName): TripleFailureBody {
  const { status } = tripleStatuses[name]
  return { status, message: error.message, code: error.code, retryable: error.entry.retryable }
}

const statusByCode: Partial<Record<ErrorCode, TripleStatusName>> = {
  CALL_INVALID: 'badRequest',
  OPERATION_UNKNOWN: 'notFound',
  OPERATION_NOT_BUILT: 'notFound',
  CALL_TIMED_OUT: 'serverTimeout',
  SUBSYSTEM_UNAVAILABLE: 'channelInactive',
  BUG: 'serverError',
}
