import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { corelabError, reasonOf, toCorelabError } from '../../kit/errors.js'
import type { QlinkStatus } from '../../model/qlink.js'
import { metricsText } from './metrics-text.js'
import type { Order } from './orders.js'
import { readOrder } from './orders.js'

/** What may be asked of qlink beside its status, by path; each answers with a JSON document. */
export type QlinkOrders = Readonly<Record<string, (order: Order) => Promise<unknown>>>

export interface QlinkApi {
  /** Tells all watchers now. */
  push(): void
  close(): void
}

const pushIntervalMs = 50
/** A list of GTIDs to look up may be long; nothing else is. */
const bodyBytesMax = 8 * 1024 * 1024

/** Serves qlink's local API on a unix socket that only this user may open (0600). */
export async function serveQlinkApi(
  socketPath: string,
  parts: { readonly status: () => QlinkStatus; readonly orders: QlinkOrders },
): Promise<QlinkApi> {
  const watchers = new Set<ServerResponse>()
  const push = () => {
    if (watchers.size === 0) return
    const line = `${JSON.stringify(parts.status())}\n`
    for (const watcher of watchers) {
      // Who does not read is not written to: the next line says the same, only newer.
      if (!watcher.writableNeedDrain) watcher.write(line)
    }
  }
  const server = createServer((request, response) => {
    if (request.method === 'GET') answerGet(request, response)
    else void answerOrder(parts.orders, request, response)
  })
  const answerGet = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/status') return sendJson(response, 200, parts.status())
    if (request.url === '/metrics') return send(response, 200, metricsText(parts.status()), metricsType)
    if (request.url !== '/watch') return sendJson(response, 404, noRoute(request))
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.on('close', () => watchers.delete(response))
    watchers.add(response)
    response.write(`${JSON.stringify(parts.status())}\n`)
  }
  await listen(server, socketPath)
  const timer = setInterval(push, pushIntervalMs)
  return {
    push,
    close() {
      clearInterval(timer)
      server.close()
      server.closeAllConnections()
    },
  }
}

const metricsType = 'text/plain; version=0.0.4; charset=utf-8'

async function listen(server: Server, socketPath: string): Promise<void> {
  // A qlink that was killed leaves its socket behind; the lock has told us that nobody listens there.
  rmSync(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  chmodSync(socketPath, 0o600)
}

async function answerOrder(
  orders: QlinkOrders,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const order = orders[request.url ?? '']
  try {
    if (!order || request.method !== 'POST') return sendJson(response, 404, noRoute(request))
    sendJson(response, 200, await order(readOrder(await readBody(request))))
  } catch (error) {
    sendJson(response, 500, { error: toCorelabError(error).shape })
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw corelabError('USAGE', { message: 'qlink: the order is too long' })
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw corelabError('USAGE', { message: `qlink: the order is not JSON: ${reasonOf(error)}` })
  }
}

function noRoute(request: IncomingMessage): unknown {
  const message = `qlink has no ${request.method} ${request.url}`
  return { error: corelabError('USAGE', { message }).shape }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, JSON.stringify(body ?? null), 'application/json')
}

function send(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type })
  response.end(text)
}
