import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { toCorelabError } from '../../kit/errors.js'

/**
 * What may be asked of a keeper, by method and path. Each gets the JSON document that came with the request, and
 * answers with one, when it is done: that may take minutes.
 */
export type KeeperRoutes = Readonly<Record<string, (body: unknown) => Promise<unknown>>>

/** Sends lines of JSON until the asker leaves. */
export type KeeperFeeds = Readonly<Record<string, (send: (document: unknown) => void) => () => void>>

/** Serves the keeper's local API on a unix socket that only this user may open (0600). */
export async function serveKeeperApi(
  socketPath: string,
  served: { readonly routes: KeeperRoutes; readonly feeds: KeeperFeeds },
): Promise<Server> {
  const server = createServer((request, response) => {
    const feed = served.feeds[`${request.method} ${request.url}`]
    if (feed) stream(feed, response)
    else void answer(served.routes, request, response)
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

function stream(feed: KeeperFeeds[string], response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const end = feed((document) => response.write(`${JSON.stringify(document)}\n`))
  response.on('close', end)
}

async function answer(
  routes: KeeperRoutes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = routes[`${request.method} ${request.url}`]
  try {
    if (!route) return send(response, 404, { error: `no route ${request.method} ${request.url}` })
    send(response, 200, await route(await bodyOf(request)))
  } catch (error) {
    send(response, 500, { error: toCorelabError(error).shape })
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body ?? null))
}
