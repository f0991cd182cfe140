import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../kit/clock.js'
import { corelabError, toCorelabError } from '../kit/errors.js'
import { errnoOf } from '../sys/files.js'
import { holderOfPort, portInUse } from '../sys/ports.js'
import { BusinessRefusal, okCode } from './business-refusal.js'
import { CallDeadlines } from './call-deadlines.js'
import type { Sequence } from './sequence.js'
import type { ServiceCall } from './service-call.js'
import { type Parsed, parseTripleBody, parseTripleHead, refused, type TripleHead } from './triple-request.js'
import { type TripleStatusName, tripleFailureBody, tripleStatuses, tripleStatusOf } from './triple-status.js'

export interface TripleServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly clock: Clock
  readonly sequence: Sequence
  /** Carries a call out: gives the data of the answer, or throws. */
  readonly dispatch: (call: ServiceCall) => Promise<unknown>
  /** Answers a GET (health, contracts); null when there is no such page. */
  readonly page: (path: string) => Promise<Page | null>
  /** Told of every failure that the caller is not to blame for. */
  readonly onFailure: (error: unknown, gsn: string) => void
}

export interface Page {
  readonly http: number
  readonly body: unknown
}

/** The answer of a call that reached its operation, a refusal of the bank included. */
export interface TripleEnvelope {
  readonly retCode: string
  readonly retMsg: string
  readonly data: unknown
  readonly gsn: string
}

export interface TripleServer {
  readonly port: number
  /** Takes no more calls, lets running ones finish within the limit, then closes every connection. */
  drain(limitMs: number): Promise<void>
}

/** Triple over HTTP/1.1 with JSON. Throws PORT_IN_USE (or what else `listen` meets). */
export async function openTripleServer(options: TripleServerOptions): Promise<TripleServer> {
  const served = new Served(options)
  await served.listen()
  return served
}

/** A statement of a transfer has some hundred bytes; a megabyte leaves room and bounds memory. */
const bodyBytesMax = 1024 * 1024
/** Beyond it calls are turned away at once instead of all becoming slow. */
const callsMax = 1000
const limits = { timeoutMsDefault: 15_000, timeoutMsMax: 120_000 }
/** For the bytes of the last answers to leave. */
const lastAnswersMs = 200
/** Longer than clients keep an idle connection, so that they and not we end it. */
const keepAliveMs = 75_000

class Served implements TripleServer {
  readonly #server: Server
  readonly #deadlines: CallDeadlines
  #calls = 0
  #draining = false
  #onIdle: () => void = () => undefined

  constructor(private readonly options: TripleServerOptions) {
    this.#deadlines = new CallDeadlines(options.clock)
    this.#server = createServer(
      { keepAliveTimeout: keepAliveMs, requestTimeout: 30_000 },
      (request, response) => {
        this.#answer(request, response).catch((error) => {
          options.onFailure(error, '')
          response.destroy()
        })
      },
    )
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async listen(): Promise<void> {
    const { host, port } = this.options
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject)
        this.#server.listen(port, host, resolve)
      })
    } catch (error) {
      if (errnoOf(error) !== 'EADDRINUSE') throw error
      throw portInUse({ port, wantedBy: 'the subsystem host', holder: await holderOfPort(port) })
    }
  }

  async drain(limitMs: number): Promise<void> {
    // Still listening: whoever comes now is told "not carried out", which a reset connection would leave open.
    this.#draining = true
    if (this.#calls > 0) await this.#within(limitMs, new Promise<void>((resolve) => (this.#onIdle = resolve)))
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    // Every answer since the drain began ends its connection; what is left after a moment has nothing to wait for.
    await this.#within(lastAnswersMs, closed)
    this.#server.closeAllConnections()
  }

  async #within(limitMs: number, event: Promise<void>): Promise<void> {
    const timer = new AbortController()
    await Promise.race([event, this.options.clock.sleep(limitMs, timer.signal).catch(() => undefined)])
    timer.abort()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodedPath(request.url ?? '/')
    if (request.method === 'GET' || request.method === 'HEAD') {
      const page = await this.options.page(path)
      if (page) return this.#send(response, page.http, page.body)
    }
    const { clock, sequence } = this.options
    const head = parseTripleHead(
      { verb: request.method ?? '', path, headers: request.headers },
      { nowMs: clock.wallMs(), nextGsn: () => sequence.next(), limits },
    )
    if (head.kind === 'refused') return this.#fail(response, head.error, { status: head.status, gsn: null })
    const { gsn } = head.value.context
    const body = await readBody(request)
    if (body === null) return
    if (body.kind === 'refused') return this.#fail(response, body.error, { status: body.status, gsn })
    await this.#carryOut(response, head.value, body.value)
  }

  async #carryOut(
    response: ServerResponse,
    head: TripleHead,
    argument: ServiceCall['argument'],
  ): Promise<void> {
    const { interfaceName, method, context } = head
    const { gsn } = context
    if (this.#draining || this.#calls >= callsMax) {
      const message = this.#draining ? 'the host is stopping' : `${callsMax} calls are already under way`
      return this.#fail(response, corelabError('SUBSYSTEM_UNAVAILABLE', { message }), { gsn })
    }
    this.#calls++
    try {
      const data = await this.#withinTime(head, { interfaceName, method, argument, context })
      this.#envelope(response, { retCode: okCode, retMsg: '', data: data ?? null, gsn })
    } catch (error) {
      if (error instanceof BusinessRefusal)
        this.#envelope(response, { retCode: error.retCode, retMsg: error.retMsg, data: null, gsn })
      else this.#fail(response, error, { gsn })
    } finally {
      this.#calls--
      if (this.#calls === 0) this.#onIdle()
    }
  }

  /** The caller stops waiting; the operation itself goes on and ends by its own limits. */
  #withinTime({ timeoutMs, interfaceName, method }: TripleHead, call: ServiceCall): Promise<unknown> {
    return this.#deadlines.within(timeoutMs, this.options.dispatch(call), () =>
      corelabError('CALL_TIMED_OUT', {
        message: `${interfaceName}/${method} did not end within ${timeoutMs} ms; a write may still take effect`,
      }),
    )
  }

  #envelope(response: ServerResponse, envelope: TripleEnvelope): void {
    this.#send(response, tripleStatuses.ok.http, envelope, envelope.gsn)
  }

  #fail(
    response: ServerResponse,
    thrown: unknown,
    { status, gsn }: { readonly status?: TripleStatusName; readonly gsn: string | null },
  ): void {
    const error = toCorelabError(thrown)
    const name = status ?? tripleStatusOf(error)
    if (name === 'serverError' || name === 'serviceError') this.options.onFailure(thrown, gsn ?? '')
    this.#send(response, tripleStatuses[name].http, tripleFailureBody(error, name), gsn)
  }

  #send(response: ServerResponse, http: number, body: unknown, gsn: string | null = null): void {
    if (response.headersSent || response.destroyed) return
    const text = `${JSON.stringify(body)}\n`
    response.writeHead(http, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...(gsn === null ? {} : { 'x-gsn': gsn }),
      // A body that was not read to its end, or a host that stops, ends the connection.
      ...(this.#draining || !response.req.complete ? { connection: 'close' } : {}),
    })
    response.end(text)
  }
}

function decodedPath(url: string): string {
  const path = url.split('?')[0] ?? '/'
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** null when the caller hung up. */
function readBody(request: IncomingMessage): Promise<Parsed<ServiceCall['argument']> | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= bodyBytesMax) return chunks.push(chunk)
      request.pause()
      resolve(refused('tooLarge', 'CALL_INVALID', `the body is larger than ${bodyBytesMax} bytes`))
    })
    request.on('end', () => resolve(parseTripleBody(Buffer.concat(chunks))))
    request.on('error', () => resolve(null))
    request.on('close', () => resolve(null))
  })
}
