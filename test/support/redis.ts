import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRedis, type RedisClient, type RedisTarget } from '../../src/clients/redis.js'
import { freePort } from './free-port.js'

export interface TestRedis {
  readonly target: RedisTarget
  /** Opens a client; `stop` does not close it. */
  connect(): RedisClient
  stop(): Promise<void>
}

/** One private Redis in a temp folder. */
export async function startRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'corelab-test-redis-'))
  const port = await freePort()
  const target = { host: '127.0.0.1', port, password: 'test-only' }
  const child = spawn(
    'redis-server',
    [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--requirepass',
      target.password,
    ],
    { stdio: 'ignore' },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const client = openRedis(target)
  const deadline = Date.now() + 10_000
  while (
    await client.ping().then(
      () => false,
      () => true,
    )
  ) {
    if (Date.now() > deadline) throw new Error('test Redis did not start')
  }
  await client.close()
  return {
    target,
    connect: () => openRedis(target),
    stop: async () => {
      child.kill('SIGKILL')
      await exited
      await rm(dir, { recursive: true, force: true })
    },
  }
}
