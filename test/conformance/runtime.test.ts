import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ComponentSpec } from '../../src/model/component-spec.js'
import type { ProcessRecord } from '../../src/model/process-record.js'
import { NativeRuntime } from '../../src/runtime/native/native-runtime.js'
import type { RunningComponent, Runtime } from '../../src/runtime/runtime.js'
import { awaitComponent } from '../../src/sys/component-failure.js'
import { isAlive } from '../../src/sys/processes.js'
import { type FakeMode, fakeComponent, testContext } from '../support/fake-component.js'
import { freePort } from '../support/free-port.js'
import { tracesOf } from '../support/leaks.js'

/** Every runtime that starts processes joins here as a row. */
const runtimes: readonly { readonly name: string; create(): Runtime }[] = [
  { name: 'native', create: () => new NativeRuntime() },
]

describe.each(runtimes)('the $name runtime', ({ name, create }) => {
  let dir: string
  let port: number
  let runtime: Runtime
  const running: RunningComponent[] = []

  beforeEach(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'corelab-runtime-')), 'a component, 工作')
    port = await freePort()
    runtime = create()
  })

  afterEach(async () => {
    await Promise.all(running.splice(0).map((component) => component.stop()))
    await rm(join(dir, '..'), { recursive: true, force: true })
  })

  const spec = (mode: FakeMode, more: { companionPort?: number; graceMs?: number } = {}) =>
    fakeComponent({ dir, port, mode, ...more })

  async function start(wanted: ComponentSpec): Promise<RunningComponent> {
    const component = await runtime.start(wanted, testContext())
    running.push(component)
    return component
  }

  const ready = (component: RunningComponent, limitMs?: number) =>
    awaitComponent(component.spec, { ...testContext(), exited: component.exited, limitMs })

  test('a component gets its folders, its files with their modes, and answers', async () => {
    const component = await start(spec('well'))
    await ready(component)

    const secret = join(dir, 'conf', 'secret.conf')
    expect(await readFile(secret, 'utf8')).toBe('password x\n')
    expect((await stat(secret)).mode & 0o777).toBe(0o600)
    expect((await stat(dir)).mode & 0o777).toBe(0o700)
    expect(isAlive(component.record)).toBe(true)
  })

  test('a component inherits nothing of our environment but PATH, HOME and the locale', async () => {
    process.env.CORELAB_TEST_LEAK = 'must not be seen'
    const component = await start(spec('well')).finally(() => delete process.env.CORELAB_TEST_LEAK)

    const environment = await readFile(`/proc/${component.record.pid}/environ`, 'utf8')
    const names = environment.split('\0').map((each) => each.split('=')[0])
    expect(names.filter(Boolean).sort()).toEqual(['CORELAB_OWNER', 'HOME', 'LANG', 'PATH'])
  })

  test('stopping ends it by its signal, and its code is known', async () => {
    const component = await start(spec('well'))
    await ready(component)

    expect(await component.stop()).toEqual({ code: 0, signal: null })
    expect(await tracesOf({ dirs: [dir], ports: [port] })).not.toContainEqual(
      expect.stringMatching(/^process/),
    )
  })

  test('a component that ignores its signal is killed after the grace', async () => {
    const component = await start(spec('stubborn', { graceMs: 200 }))
    await ready(component)

    expect(await component.stop()).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('a frozen component is stopped without waiting for its grace', async () => {
    const component = await start(spec('well', { graceMs: 3_600_000 }))
    await ready(component)
    component.kill('SIGSTOP')

    expect(await component.stop()).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('stopping twice, at the same time and later, is the same as once', async () => {
    const component = await start(spec('well'))
    await ready(component)

    const [one, two] = await Promise.all([component.stop(), component.stop()])
    expect([one, two, await component.stop()]).toEqual(Array(3).fill({ code: 0, signal: null }))
    component.kill('SIGKILL')
  })

  test('a component that was killed says so, and nothing that it forked outlives it', async () => {
    const component = await start(spec('forking'))
    await ready(component)

    component.kill('SIGKILL')

    expect(await component.exited).toEqual({ code: null, signal: 'SIGKILL' })
    await component.stop()
    expect(await tracesOf({ dirs: [dir], ports: [port] })).not.toContainEqual(
      expect.stringMatching(/^process/),
    )
  })

  test('a companion lives exactly as long as its component', async () => {
    const companionPort = await freePort()
    const component = await start(spec('well', { companionPort }))
    await ready(component)
    const companion = component.record.companion
    expect(companion && isAlive(companion)).toBe(true)

    component.kill('SIGKILL')
    await component.exited
    await component.stop()

    expect(companion && isAlive(companion)).toBe(false)
  })

  test('a component that ends while starting is reported with the last 20 lines of its log', async () => {
    const component = await start(spec('dying'))

    const error = await ready(component).catch((reason: unknown) => reason)

    expect(error).toMatchObject({
      code: 'COMPONENT_START_FAILED',
      message: 'redis stopped while it was starting (exit code 3)',
    })
    const detail = (error as { detail: string }).detail.split('\n')
    expect(detail[0]).toContain('output.log')
    expect(detail.slice(1)).toEqual(Array.from({ length: 20 }, (_, at) => `line ${at + 11} of a sad story`))
  })

  test('a component that never answers is reported with what was waited for', async () => {
    const component = await start(spec('silent'))

    const error = await ready(component, 300).catch((reason: unknown) => reason)

    expect(error).toMatchObject({ code: 'COMPONENT_NOT_READY' })
    expect((error as { detail: string }).detail).toContain(`Waited for 127.0.0.1:${port}`)
    expect((error as { detail: string }).detail).toContain('started as silent')
  })

  test('a busy port is refused before anything starts, naming who holds it', async () => {
    const holder = createServer().listen(port, '127.0.0.1')
    await once(holder, 'listening')

    const error = await runtime.start(spec('well'), testContext()).catch((reason: unknown) => reason)

    holder.close()
    expect(error).toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${port}, which redis needs, is in use`,
    })
    expect((error as { detail: string }).detail).toContain(`process ${process.pid}`)
    expect(await tracesOf({ dirs: [dir], ports: [port] })).not.toContainEqual(
      expect.stringMatching(/^process/),
    )
  })

  test('a program that cannot be run is an error, and its companion does not stay', async () => {
    const companionPort = await freePort()
    const broken = { ...spec('well', { companionPort }), command: '/nonexistent/server' }

    const error = await runtime.start(broken, testContext()).catch((reason: unknown) => reason)

    expect(error).toMatchObject({ code: 'COMPONENT_START_FAILED' })
    expect(await tracesOf({ dirs: [dir], ports: [companionPort] })).not.toContainEqual(
      expect.stringMatching(/^(process|listener)/),
    )
  })

  test('a component goes on when the process that started it is killed, and can be adopted and stopped', async () => {
    const companionPort = await freePort()
    const wanted = spec('forking', { companionPort })
    const record = await startByAnother(wanted, name)

    const adopted = runtime.adopt(wanted, record)

    expect(adopted).not.toBeNull()
    running.push(adopted!)
    await ready(adopted!)
    expect(await adopted!.stop()).toEqual({ code: null, signal: null })
    expect(await tracesOf({ dirs: [dir], ports: [port, companionPort] })).not.toContainEqual(
      expect.stringMatching(/^(process|listener)/),
    )
  })

  test('the end of an adopted component is noticed', async () => {
    const wanted = spec('well')
    const adopted = runtime.adopt(wanted, await startByAnother(wanted, name))
    running.push(adopted!)

    adopted!.kill('SIGKILL')

    expect(await adopted!.exited).toEqual({ code: null, signal: null })
  })

  test('a dead process, or another one with its pid, is not adopted', async () => {
    const component = await start(spec('well'))
    const impostor = { ...component.record, startTicks: '1' }
    expect(runtime.adopt(component.spec, impostor)).toBeNull()

    await component.stop()

    expect(runtime.adopt(component.spec, component.record)).toBeNull()
  })

  test('what was started and never recorded does not stand in the way of the next start', async () => {
    const lost = await startByAnother(spec('forking'), name)

    const component = await start(spec('well'))
    await ready(component)

    expect(isAlive(lost)).toBe(false)
  })

  test('a cancelled start starts nothing', async () => {
    const controller = new AbortController()
    controller.abort()

    const outcome = runtime.start(spec('well'), testContext(controller.signal))

    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

/** Starts a component from a process of its own, which is then killed like a keeper may be. */
async function startByAnother(spec: ComponentSpec, runtime: string): Promise<ProcessRecord> {
  const script = fileURLToPath(new URL('../support/start-and-wait.mjs', import.meta.url))
  const starter = spawn(process.execPath, [script, runtime, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(starter.stdout, 'data')) as [Buffer]
  starter.kill('SIGKILL')
  await once(starter, 'exit')
  return JSON.parse(line.toString()) as ProcessRecord
}
