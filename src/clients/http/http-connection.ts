import { connect, type Socket } from 'node:net'
import { corelabError } from '../../kit/errors.js'

/** One kept connection to an HTTP/1.1 server, with one request under way at a time. */
export interface HttpConnection {
  /**
   * Throws SUBSYSTEM_UNAVAILABLE when the request certainly did not arrive, WRITE_OUTCOME_UNKNOWN when its answer was
   * lost or did not come in time. A lost connection is made again by the next request.
   */
  post(request: HttpPost): Promise<HttpAnswer>
  /** What is under way is rejected. */
  close(): void
}

export interface HttpPost {
  readonly path: string
  /** Beside host, content-type and content-length: whole lines that end in CRLF. */
  readonly headerLines: string
  /** JSON. */
  readonly body: string
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/**
 * For load generators, whose own cost is part of every figure: no agent, no streams, no header objects. It understands
 * what our services send (a status line, headers, `content-length`), and refuses the rest.
 */
export function openHttpConnection(target: {
  readonly host: string
  readonly port: number
  /** How long a request may go without a byte of its answer. Default 20 s. */
  readonly silenceLimitMs?: number | undefined
}): HttpConnection {
  return new KeptConnection(target.host, target.port, target.silenceLimitMs ?? 20_000)
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void
  readonly reject: (error: Error) => void
}

const headEnd = Buffer.from('\r\n\r\n')

class KeptConnection implements HttpConnection {
  #socket: Socket | null = null
  #waiting: Waiting | null = null
  #received: Buffer | null = null
  #connected = false
  readonly #common: string

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly silenceLimitMs: number,
  ) {
    this.#common = ` HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-type: application/json\r\n`
  }

  post({ path, headerLines, body }: HttpPost): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      const socket = this.#socket ?? this.#open()
      const length = Buffer.byteLength(body)
      socket.write(`POST ${path}${this.#common}${headerLines}content-length: ${length}\r\n\r\n${body}`)
    })
  }

  close(): void {
    this.#lose(new Error('the connection was closed by us'))
  }

  #open(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true })
    this.#socket = socket
    this.#received = null
    this.#connected = false
    socket.setTimeout(this.silenceLimitMs)
    socket.once('connect', () => {
      this.#connected = true
    })
    socket.on('data', (bytes: Buffer) => {
      if (socket === this.#socket) this.#take(bytes)
    })
    socket.on('timeout', () => this.#lose(new Error(`no answer within ${this.silenceLimitMs} ms`), socket))
    socket.on('error', (error) => this.#lose(error, socket))
    socket.on('close', () => this.#lose(new Error('the server hung up'), socket))
    return socket
  }

  #take(bytes: Buffer): void {
    const received = this.#received === null ? bytes : Buffer.concat([this.#received, bytes])
    this.#received = received
    const end = received.indexOf(headEnd)
    if (end < 0) return
    const head = received.toString('latin1', 0, end)
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    if (length === undefined) {
      this.#lose(new Error('the answer has no content-length'))
      return
    }
    const from = end + headEnd.length
    const to = from + Number(length)
    if (received.length < to) return
    const answer = { status: Number(head.slice(9, 12)), body: received.toString('utf8', from, to) }
    this.#received = null
    const waiting = this.#waiting
    this.#waiting = null
    if (/\r\nconnection: close/i.test(head)) this.#lose(new Error('the server ends the connection'))
    waiting?.resolve(answer)
  }

  #lose(cause: Error, of: Socket | null = this.#socket): void {
    if (of !== this.#socket) return
    this.#socket?.destroy()
    this.#socket = null
    const waiting = this.#waiting
    this.#waiting = null
    const where = `${this.host}:${this.port}`
    waiting?.reject(
      this.#connected
        ? corelabError('WRITE_OUTCOME_UNKNOWN', {
            message: `${where}: the connection broke before the answer (${cause.message})`,
            fix: ['corelab status'],
            cause,
          })
        : corelabError('SUBSYSTEM_UNAVAILABLE', {
            message: `${where} does not answer: ${cause.message}`,
            fix: ['corelab status'],
            cause,
          }),
    )
  }
}
