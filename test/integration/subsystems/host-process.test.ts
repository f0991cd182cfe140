import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RedisClient } from '../../../src/clients/redis.js'
import { registeredInstances } from '../../../src/platform/service-registry.js'
import { packageRoot } from '../../../src/project/package-root.js'
import { freePort } from '../../support/free-port.js'
import { testSecrets } from '../../support/secrets.js'
import { type HostGround, prepareHostGround } from '../../support/subsystem-host.js'

const entryFile = join(packageRoot, 'dist', 'subsystems', 'host-main.js')

let ground: HostGround
let redis: RedisClient
let port: number
let child: ChildProcess | null = null

beforeAll(async () => {
  expect(existsSync(entryFile), 'npm run build comes first').toBe(true)
  ground = await prepareHostGround()
  redis = ground.redis.connect()
  port = await freePort()
  const plan = {
    env: 'test',
    engine: 'mariadb',
    socketDir: ground.dir,
    project: { name: 'test', dir: ground.dir },
    ports: { subsystems: port, redis: ground.redis.target.port },
  }
  await ground.put('plan.json', JSON.stringify(plan))
  await ground.put(
    'secrets/secrets.json',
    JSON.stringify({ ...testSecrets, redis: ground.redis.target.password }),
  )
  await ground.put('corelab.yaml', 'name: test\n')
})

afterAll(async () => {
  child?.kill('SIGKILL')
  await redis?.close()
  await ground?.dispose()
})

/** Starts the host as the keeper does, and waits until it is ready. */
async function startProcess(): Promise<{
  exited: Promise<[number | null, string | null]>
  output: () => string
}> {
  let output = ''
  const started = spawn(process.execPath, [entryFile, ground.dir], { env: { NODE_ENV: 'production' } })
  child = started
  started.stdout.on('data', (chunk) => (output += chunk))
  started.stderr.on('data', (chunk) => (output += chunk))
  const exited = new Promise<[number | null, string | null]>((resolve) =>
    started.once('exit', (code, signal) => resolve([code, signal])),
  )
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (response) => response.ok,
      () => false,
    )
  while (!(await ready())) expect(started.exitCode, output).toBeNull()
  return { exited, output: () => output }
}

const registered = async () => (await registeredInstances(redis)).length
const untilRegistered = (count: number) =>
  vi.waitUntil(async () => (await registered()) === count, { timeout: 20_000 })

test('the process becomes ready, registers, and on SIGTERM leaves the registry and exits with 0', async () => {
  const { exited, output } = await startProcess()
  await untilRegistered(21)

  child?.kill('SIGTERM')

  expect(await exited, output()).toEqual([0, null])
  expect(await registered()).toBe(0)
  expect(output()).toMatch(/the subsystems answer on port \d+\n.*SIGTERM: stopping\n.*stopped\n$/)
})

test('a process that is killed disappears from the registry with its lease', async () => {
  const { exited } = await startProcess()
  await untilRegistered(21)

  child?.kill('SIGKILL')
  await exited

  expect(await registered()).toBe(21)
  await untilRegistered(0)
})

test('a busy port ends the process with the name of the holder', async () => {
  await startProcess()
  let output = ''
  const second = spawn(process.execPath, [entryFile, ground.dir])
  second.stdout.on('data', (chunk) => (output += chunk))

  const code = await new Promise((resolve) => second.once('exit', resolve))

  expect(code).toBe(1)
  expect(output).toContain('cannot start: PORT_IN_USE')
  expect(output).toContain(`${child?.pid}`)
})
