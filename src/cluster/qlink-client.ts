import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { join } from 'node:path'
import type { ErrorShape } from '../kit/errors.js'
import { CorelabError, corelabError } from '../kit/errors.js'
import type { LogEnd, LogPlace, NodeAddress, QlinkStatus } from '../model/qlink.js'

/**
 * Asks qlink over its unix socket. Every call throws QLINK_UNREACHABLE when nobody answers there, and QLINK_LOG_DAMAGED
 * while its log is damaged. The changing calls throw QLINK_TERM_OLD when a newer keeper claimed qlink, QLINK_REFUSED
 * when the state of its epochs forbids it, QLINK_DISK_FAILED when the record of it could not be made durable.
 */
export interface QlinkClient {
  status(): Promise<QlinkStatus>
  /** Takes command: every keeper that claimed before is refused from now on. */
  claim(): Promise<{ readonly term: number }>
  /** Begins an epoch and links to its leader; again for the same epoch and node, its address is taken over. */
  open(order: {
    readonly term: number
    readonly epoch: number
    readonly leader: NodeAddress
  }): Promise<QlinkStatus>
  /** Ends an epoch for good; `null` = whatever is open. `end` is everything that may have been answered OK. */
  seal(order: {
    readonly term: number
    readonly epoch: number | null
  }): Promise<{ readonly epoch: number; readonly end: LogEnd }>
  /** Whose backlog slows acknowledgements; null for nobody's. */
  shadow(order: { readonly term: number; readonly shadow: NodeAddress | null }): Promise<void>
  /** Where single GTIDs stand in the log, in the order asked. */
  lookup(gtids: readonly string[]): Promise<{ readonly places: readonly LogPlace[] }>
  /** Applies on a node everything of the log that it lacks, with the original GTIDs; only while no epoch is open. */
  replay(order: {
    readonly term: number
    readonly onto: NodeAddress
  }): Promise<{ readonly transactions: number }>
  /** Calls `listener` with each status that qlink pushes. Resolves when aborted; rejects when the connection ends. */
  watch(listener: (status: QlinkStatus) => void, signal: AbortSignal): Promise<void>
}

/** Where the qlink of an environment listens. */
export function qlinkSocketOf(socketDir: string): string {
  return join(socketDir, 'qlink.sock')
}

export function qlinkClient(socketPath: string): QlinkClient {
  const get = <T>(path: string) => ask<T>({ socketPath, method: 'GET', path, limitMs: answerLimitMs })
  const post = <T>(path: string, body: unknown, limitMs = answerLimitMs) =>
    ask<T>({ socketPath, method: 'POST', path, limitMs, body })
  return {
    status: () => get<QlinkStatus>('/status'),
    claim: () => post('/claim', {}),
    open: (order) => post('/open', order),
    seal: (order) => post('/seal', order),
    shadow: async (order) => void (await post('/shadow', order)),
    lookup: (gtids) => post('/lookup', { gtids }),
    replay: (order) => post('/replay', order, replayLimitMs),
    watch: (listener, signal) => watch(socketPath, listener, signal),
  }
}

/** A seal waits for the sync that is under way; a disk that needs longer has failed. */
const answerLimitMs = 5000
/** Applying the whole log on a node that has nothing of it. */
const replayLimitMs = 30 * 60_000
/** qlink pushes its status every 50 ms. */
const silenceLimitMs = 2000

interface Call {
  readonly socketPath: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly limitMs: number
  readonly body?: unknown
}

function ask<T>({ body, limitMs, ...call }: Call): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(unreachable(cause))
    // A connection of its own for each call: an idle one may be closed in the moment in which it is used again.
    const sent = request({ ...call, agent: false, timeout: limitMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () => {
        try {
          resolve(answerOf(response, Buffer.concat(chunks).toString('utf8')) as T)
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${limitMs} ms`)))
    sent.on('error', fail)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Throws the error that qlink answered. */
function answerOf(response: IncomingMessage, text: string): unknown {
  const answer = JSON.parse(text)
  if (response.statusCode === 200) return answer
  throw CorelabError.fromShape(answer.error as ErrorShape)
}

function watch(
  socketPath: string,
  listener: (status: QlinkStatus) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = { socketPath, path: '/watch', agent: false as const, signal, timeout: silenceLimitMs }
    const sent = request(call, (response) => {
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) listener(JSON.parse(line) as QlinkStatus)
      })
      response.on('error', ended)
      response.on('end', () => ended(new Error('the connection was closed')))
    })
    const ended = (cause: Error) => (signal.aborted ? resolve() : reject(unreachable(cause)))
    sent.on('timeout', () => sent.destroy(new Error(`silent for ${silenceLimitMs} ms`)))
    sent.on('error', ended)
    sent.end()
  })
}

function unreachable(cause: Error): CorelabError {
  return corelabError('QLINK_UNREACHABLE', {
    message: `qlink does not answer: ${cause.message}`,
    fix: ['corelab status', 'corelab qlink status'],
    cause,
  })
}
