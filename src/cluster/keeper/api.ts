import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { toCorelabError } from '../../kit/errors.js'

/** What may be asked of a keeper, by method and path; each answers with a JSON document. */
export type KeeperRoutes = Readonly<Record<string, () => Promise<unknown>>>

/** Serves the keeper's local API on a unix socket that only this user may open (0600). */
export async function serveKeeperApi(socketPath: string, routes: KeeperRoutes): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(routes, request, response)
  })
  // A keeper that was killed leaves its socket behind; its lock has told us that nobody listens there.
  rmSync(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  chmodSync(socketPath, 0o600)
  return server
}

async function answer(
  routes: KeeperRoutes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = routes[`${request.method} ${request.url}`]
  try {
    if (!route) return send(response, 404, { error: `no route ${request.method} ${request.url}` })
    send(response, 200, await route())
  } catch (error) {
    send(response, 500, { error: toCorelabError(error).shape })
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body ?? null))
}
