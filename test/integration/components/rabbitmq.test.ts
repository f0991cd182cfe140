import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openAmqp } from '../../../src/clients/amqp.js'
import { rabbitmqUser, rabbitmqVhost } from '../../../src/components/rabbitmq/definitions.js'
import { detectRabbitmq, planRabbitmqComponent } from '../../../src/components/rabbitmq/rabbitmq-component.js'
import { present } from '../../../src/kit/assert.js'
import type { ComponentSpec } from '../../../src/model/component-spec.js'
import { profiles } from '../../../src/model/profile.js'
import { NativeRuntime } from '../../../src/runtime/native/native-runtime.js'
import type { RunningComponent } from '../../../src/runtime/runtime.js'
import { lastLines } from '../../../src/sys/log-tail.js'
import { isAlive } from '../../../src/sys/processes.js'
import { statePaths } from '../../../src/sys/state-dir.js'
import { testContext } from '../../support/fake-component.js'
import { freePort } from '../../support/free-port.js'
import { tracesOf } from '../../support/leaks.js'
import { type Bench, openBench } from '../../support/real-components.js'
import { testSecrets } from '../../support/secrets.js'

describe('the broker', () => {
  let bench: Bench
  let spec: ComponentSpec
  let server: RunningComponent

  beforeAll(async () => {
    bench = await openBench()
    spec = await planned('rabbitmq')
    server = await bench.start(spec)
  })
  afterAll(() => bench.dispose())

  const planned = async (component: string) =>
    planRabbitmqComponent({
      programs: await detectRabbitmq(),
      paths: statePaths(bench.stateDir).component(component),
      ports: { amqp: await freePort(), distribution: await freePort(), portMapper: await freePort() },
      profile: profiles.tiny,
      secrets: testSecrets,
      userConfig: '',
    })
  const login = (user: string, password: string, vhost = rabbitmqVhost) =>
    openAmqp({ host: '127.0.0.1', port: spec.ports[0]!, user, password, vhost }, { connectTimeoutMs: 10_000 })

  test('serves our user in our virtual host, in a folder that no shell script expects', async () => {
    const client = await login(rabbitmqUser, testSecrets.rabbitmq)
    await client.declareQueue('q')
    await client.publish('q', 'hello')

    expect(await client.take('q')).toBe('hello')
    await client.close()
  })

  test('has no guest, no default virtual host, and no clear password in its files', async () => {
    await expect(login('guest', 'guest')).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' })
    await expect(login('guest', 'guest', '/')).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' })
    await expect(login(rabbitmqUser, 'wrong')).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' })

    expect(spec.files.filter((file) => file.text.includes(testSecrets.rabbitmq))).toEqual([])
  })

  test('keeps messages over a stop, and stops with everything around it', async () => {
    const client = await login(rabbitmqUser, testSecrets.rabbitmq)
    await client.declareQueue('durable', { durable: true })
    await client.close()

    expect(await server.stop()).toEqual({ code: 0, signal: null })

    // It writes its log in blocks: all of it is there only after the stop.
    expect((await lastLines(spec.serverLog, 200)).join('\n')).toContain('started TCP listener')
    const traces = await tracesOf({ dirs: [bench.stateDir], ports: spec.ports })
    expect(traces.filter((line) => !line.startsWith('entry'))).toEqual([])
  })

  test('starts again on its data, and a killed one takes its port mapper and helpers with it', async () => {
    server = await bench.start(spec)
    const client = await login(rabbitmqUser, testSecrets.rabbitmq)
    expect(await client.take('durable')).toBeNull()
    await client.close()
    const { companion } = server.record
    expect(companion && isAlive(companion)).toBe(true)

    server.kill('SIGKILL')
    await server.stop()

    expect(companion && isAlive(companion)).toBe(false)
    const traces = await tracesOf({ dirs: [bench.stateDir], ports: spec.ports })
    expect(traces.filter((line) => !line.startsWith('entry'))).toEqual([])
  })

  test('a start that was killed while it made its tables leaves nothing that the next one stumbles over', async () => {
    const other = await planned('broker-2')
    const killed = await new NativeRuntime().start(other, testContext())
    await vi.waitFor(async () => expect(await filesOf(other)).toContain('rabbit_user.DCD'), {
      timeout: 30_000,
      interval: 5,
    })
    killed.kill('SIGKILL')
    await killed.stop()

    await bench.start(other)
  })
})

async function filesOf({ dataMadeAtFirstStart }: ComponentSpec): Promise<string[]> {
  const paths = await readdir(present(dataMadeAtFirstStart, 'data folder'), { recursive: true })
  return paths.map((path) => basename(path))
}
