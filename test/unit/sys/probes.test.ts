import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import type { ReadinessProbe } from '../../../src/model/component-spec.js'
import { awaitAnswer, awaitReady, tryProbe } from '../../../src/sys/probes.js'
import { freePort } from '../../support/free-port.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()
const servers: Server[] = []
const never = new AbortController().signal
const options = { limitMs: 20_000, exited: null, clock: systemClock, signal: never }

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(where: number | string, onConnection: (socket: Socket) => void): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  servers.push(server)
  if (typeof where === 'number') server.listen(where, '127.0.0.1')
  else server.listen(where)
  await once(server, 'listening')
}

const tcp = (port: number, more: { send?: string; expect: string }): ReadinessProbe => ({
  kind: 'tcp',
  host: '127.0.0.1',
  port,
  send: more.send ?? null,
  expect: more.expect,
})

test('a server is ready when its answer begins as expected, also when it comes in pieces', async () => {
  const port = await freePort()
  await serve(port, (socket) =>
    socket.once('data', (bytes) => {
      socket.write(bytes.toString() === 'PING\r\n' ? '+PO' : '?')
      setImmediate(() => socket.write('NG\r\n'))
    }),
  )

  expect(await tryProbe(tcp(port, { send: 'PING\r\n', expect: '^\\+PONG' }))).toBeNull()
})

test('a binary greeting is matched byte by byte over a unix socket', async () => {
  const socketPath = join(dir.path, 'db 核.sock')
  const probe: ReadinessProbe = { kind: 'unix', socketPath, send: null, expect: '^[\\s\\S]{4}\\x0a' }
  expect(await tryProbe(probe)).toContain('ENOENT')

  await serve(socketPath, (socket) => socket.end(Buffer.from([0x5b, 0, 0, 0, 0x0a, 0x35, 0xff])))

  expect(await tryProbe(probe)).toBeNull()
})

test('an error in the place of a greeting is not ready', async () => {
  const socketPath = join(dir.path, 'db.sock')
  await serve(socketPath, (socket) => socket.end(Buffer.from([0x17, 0, 0, 0, 0xff, 0x10, 0x04])))

  expect(await tryProbe({ kind: 'unix', socketPath, send: null, expect: '^[\\s\\S]{4}\\x0a' })).toContain(
    'unexpected answer',
  )
})

test('another answer and no listener are told apart', async () => {
  const port = await freePort()
  expect(await tryProbe(tcp(port, { expect: '^x' }))).toContain('ECONNREFUSED')

  await serve(port, (socket) => socket.end('-LOADING\r\n'))

  expect(await tryProbe(tcp(port, { expect: '^\\+PONG' }))).toBe('unexpected answer "-LOADING\\r\\n"')
})

test('a page that answers 200 is ready, any other status is not', async () => {
  const port = await freePort()
  let status = 503
  const server = createHttpServer((_, response) => response.writeHead(status).end('body')).listen(
    port,
    '127.0.0.1',
  )
  servers.push(server)
  await once(server, 'listening')
  const probe: ReadinessProbe = { kind: 'http', url: `http://127.0.0.1:${port}/health/ready` }

  expect(await tryProbe(probe)).toBe('status 503')
  status = 302
  expect(await tryProbe(probe)).toBe('status 302')
  status = 200
  expect(await tryProbe(probe)).toBeNull()
})

test('waiting goes on until the server is there', async () => {
  const port = await freePort()
  const ready = awaitReady(tcp(port, { expect: '^hi' }), options)

  await serve(port, (socket) => socket.end('hi'))

  expect(await ready).toBe('ready')
})

test('waiting ends when the server has ended, even when another one answers on its port', async () => {
  const port = await freePort()
  await serve(port, (socket) => socket.end('hi'))
  const exited = Promise.resolve({ code: 1, signal: null })

  expect(await awaitAnswer(tcp(port, { expect: '^hi' }), { ...options, exited })).toEqual({
    kind: 'exited',
    exit: { code: 1, signal: null },
  })
  await expect(awaitReady(tcp(port, { expect: '^hi' }), { ...options, exited })).rejects.toMatchObject({
    code: 'COMPONENT_START_FAILED',
  })
})

test('waiting ends at its limit, with what it met last', async () => {
  const port = await freePort()

  await expect(awaitReady(tcp(port, { expect: '^hi' }), { ...options, limitMs: 60 })).rejects.toMatchObject({
    code: 'COMPONENT_NOT_READY',
    detail: expect.stringContaining('ECONNREFUSED'),
  })
})

test('waiting says once a second what it waits for', async () => {
  const seen: { elapsedMs: number; lastSeen: string }[] = []
  let nowMs = 0
  const sleep = async () => {
    nowMs += 250
  }
  const clock = { ...systemClock, monotonicMs: () => nowMs, sleep }
  const port = await freePort()

  await awaitAnswer(tcp(port, { expect: '^hi' }), {
    ...options,
    clock,
    limitMs: 3_500,
    onWaiting: (facts) => seen.push(facts),
  })

  expect(seen.map(({ elapsedMs }) => elapsedMs)).toEqual([1_000, 2_000, 3_000])
  expect(seen[0]?.lastSeen).toContain('ECONNREFUSED')
})

test('waiting can be cancelled', async () => {
  const controller = new AbortController()
  const waiting = awaitReady(tcp(await freePort(), { expect: '^hi' }), {
    ...options,
    signal: controller.signal,
  })

  controller.abort()

  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
})
