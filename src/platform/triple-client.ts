import { Agent, request } from 'node:http'
import { errorCatalogue } from '../kit/error-catalogue.js'
import { type CorelabError, corelabError } from '../kit/errors.js'
import type { LegalEntity } from '../model/legal-entity.js'
import type { ReadMode } from '../protocol/router/wish.js'
import type { TripleEnvelope } from './triple-server.js'
import type { TripleFailureBody } from './triple-status.js'

export interface TripleCall {
  readonly interfaceName: string
  readonly method: string
  readonly argument: Readonly<Record<string, unknown>>
  readonly le: LegalEntity
  readonly idempotencyKey?: string | undefined
  readonly readMode?: ReadMode | undefined
  readonly timeoutMs?: number | undefined
}

/** Calls the subsystems of one host over kept connections. */
export interface TripleClient {
  /**
   * The answer, refusals of the bank included (`retCode`). Throws SUBSYSTEM_UNAVAILABLE when the call was certainly
   * not carried out, WRITE_OUTCOME_UNKNOWN or CALL_TIMED_OUT when its answer was lost, else what the host reported.
   */
  call(call: TripleCall): Promise<TripleEnvelope>
  close(): void
}

export function openTripleClient(options: {
  /** e.g. `http://127.0.0.1:25016` */
  readonly url: string
  readonly connectionsMax?: number | undefined
}): TripleClient {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connectionsMax ?? 64 })
  return {
    call: (call) => send(options.url, agent, call),
    close: () => agent.destroy(),
  }
}

/** The host's own time-out comes first; this one catches a host that is frozen. */
const graceMs = 2000
const answerBytesMax = 8 * 1024 * 1024

function send(url: string, agent: Agent, call: TripleCall): Promise<TripleEnvelope> {
  const timeoutMs = call.timeoutMs ?? 15_000
  const what = `${call.interfaceName}/${call.method}`
  return new Promise((resolve, reject) => {
    const body = JSON.stringify([call.argument])
    const sent = request(
      `${url}/${what}`,
      { method: 'POST', agent, headers: headersOf(call, { body, timeoutMs }) },
      (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > answerBytesMax) sent.destroy(new Error('the answer is too large'))
          chunks.push(chunk)
        })
        response.on('end', () => {
          clearTimeout(timer)
          const answer = parseAnswer(response.statusCode ?? 0, Buffer.concat(chunks))
          if (answer.kind === 'envelope') resolve(answer.envelope)
          else reject(answer.error)
        })
        response.on('error', (error) => fail(error))
      },
    )
    const timer = setTimeout(() => {
      const message = `${what}: no answer within ${timeoutMs + graceMs} ms`
      reject(corelabError('CALL_TIMED_OUT', { message }))
      sent.destroy()
    }, timeoutMs + graceMs)
    const fail = (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      const refused = cause.code === 'ECONNREFUSED'
      reject(
        corelabError(refused ? 'SUBSYSTEM_UNAVAILABLE' : 'WRITE_OUTCOME_UNKNOWN', {
          message: `${what}: ${refused ? `${url} does not answer` : 'the connection broke before the answer'}`,
          detail: cause.message,
          fix: ['corelab status'],
          cause,
        }),
      )
    }
    sent.on('error', fail)
    sent.end(body)
  })
}

function headersOf(call: TripleCall, sent: { readonly body: string; readonly timeoutMs: number }) {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(sent.body),
    'tri-protocol-version': '1.0.0',
    'tri-service-version': '1.0.0',
    'tri-service-timeout': sent.timeoutMs.toString(),
    'x-le': call.le,
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    ...(call.readMode === undefined ? {} : { 'x-read': call.readMode }),
  }
}

type Answer =
  | { readonly kind: 'envelope'; readonly envelope: TripleEnvelope }
  | { readonly kind: 'failure'; readonly error: CorelabError }

function parseAnswer(http: number, body: Buffer): Answer {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    const message = `the host answered ${http} with something that is not JSON`
    return { kind: 'failure', error: corelabError('SUBSYSTEM_UNAVAILABLE', { message, cause }) }
  }
  if (http === 200) return { kind: 'envelope', envelope: parsed as TripleEnvelope }
  const { code, message } = parsed as Partial<TripleFailureBody>
  const known = code !== undefined && code in errorCatalogue ? code : 'SUBSYSTEM_UNAVAILABLE'
  return { kind: 'failure', error: corelabError(known, { message: message ?? `HTTP status ${http}` }) }
}
