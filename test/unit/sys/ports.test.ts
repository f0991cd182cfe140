import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { holderOfPort, isPortFree, listenersIn, portInUse } from '../../../src/sys/ports.js'
import { freePort } from '../../support/free-port.js'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test.each(['127.0.0.1', '0.0.0.0', '::'])(
  'a port that somebody listens on at %s is not free, and is found to be ours',
  async (host) => {
    const port = await listen(host)

    expect(await isPortFree(port)).toBe(false)
    expect(await holderOfPort(port)).toMatchObject({ pid: process.pid, cwd: process.cwd() })
  },
)

test('a port that nobody listens on is free and has no holder, and asking does not take it', async () => {
  const port = await freePort()

  expect(await isPortFree(port)).toBe(true)
  expect(await isPortFree(port)).toBe(true)
  expect(await holderOfPort(port)).toBeNull()
})

test('a table of the kernel gives its listeners, not its connections', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:5DC1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100',
    '   1: 0100007F:5DC1 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0 100',
    '   2: 00000000000000000000000001000000:5DC2 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4244 1',
    '',
  ].join('\n')

  expect(listenersIn(table)).toEqual([
    { port: 24001, inode: '4242' },
    { port: 24002, inode: '4244' },
  ])
})

test('the error says which port, for what, who has it and what to do', () => {
  const holder = { pid: 4711, command: '/usr/sbin/mariadbd --port=3306', cwd: '/var/lib/mysql' }

  const known = portInUse({ port: 3306, wantedBy: 'db-1', holder })
  const unknown = portInUse({ port: 3306, wantedBy: 'db-1', holder: null, fix: ['corelab down'] })

  expect(known.shape).toMatchObject({
    code: 'PORT_IN_USE',
    message: 'Port 3306, which db-1 needs, is in use',
    detail: 'Held by process 4711: /usr/sbin/mariadbd --port=3306 (in /var/lib/mysql)',
    fix: ['corelab up --port-base <number>'],
  })
  expect(unknown.detail).toContain('another user')
  expect(unknown.fix).toEqual(['corelab down'])
})
