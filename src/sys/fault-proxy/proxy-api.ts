import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { toCorelabError } from '../../kit/errors.js'
import type { ConnectionAct, EdgePattern, FaultOrder } from '../../model/drill-fault.js'
import type { FaultProxy } from './fault-proxy.js'

/** An order is a few edges and numbers. */
const bodyBytesMax = 64 * 1024

/**
 * Serves the orders of a proxy on a unix socket that only this user may open (0600): `GET /health`, `GET /edges`,
 * `POST /faults`, `POST /act`, `POST /heal`. Each answers with the edges as they are afterwards.
 */
export async function serveProxyApi(socketPath: string, proxy: FaultProxy): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(proxy, request, response)
  })
  rmSync(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  chmodSync(socketPath, 0o600)
  return server
}

async function answer(proxy: FaultProxy, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const found = await perform(proxy, `${request.method} ${request.url}`, () => bodyOf(request))
    if (!found) return send(response, 404, { error: `no route ${request.method} ${request.url}` })
    send(response, 200, proxy.report())
  } catch (error) {
    send(response, 500, { error: toCorelabError(error).shape })
  }
}

async function perform(proxy: FaultProxy, route: string, body: () => Promise<unknown>): Promise<boolean> {
  switch (route) {
    case 'GET /health':
    case 'GET /edges':
      return true
    case 'POST /faults':
      await proxy.order((await body()) as FaultOrder)
      return true
    case 'POST /act': {
      const { edges, act } = (await body()) as { edges: readonly EdgePattern[]; act: ConnectionAct }
      proxy.act(edges, act)
      return true
    }
    case 'POST /heal': {
      const { edges } = (await body()) as { edges: readonly EdgePattern[] | null }
      await proxy.heal(edges ?? undefined)
      return true
    }
    default:
      return false
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new Error('the order is too long')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
