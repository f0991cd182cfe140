import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Supervisor } from '../../../../src/cluster/keeper/supervisor.js'
import type { ComponentSpec } from '../../../../src/model/component-spec.js'
import { NativeRuntime } from '../../../../src/runtime/native/native-runtime.js'
import type { RunningComponent } from '../../../../src/runtime/runtime.js'
import { fakeComponent, testContext } from '../../../support/fake-component.js'
import { freePort } from '../../../support/free-port.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const temp = temporaryDir()

test('a server that ends before its start is written down has failed, and was not stopped by anybody', async () => {
  const native = new NativeRuntime()
  let started: RunningComponent | null = null
  const supervisor = new Supervisor({
    runtime: {
      kind: 'native',
      start: async (spec, context) => {
        started = await native.start(spec, context)
        return started
      },
      adopt: () => null,
    },
    specs: [fakeComponent({ dir: temp.path, port: await freePort(), mode: 'dying' })],
    hooks: {
      onGone: () => undefined,
      // As slow as a busy disk: the server is gone by then.
      onChange: async () => void (await started?.exited),
    },
    context: testContext(),
  })

  await expect(supervisor.start('redis')).rejects.toMatchObject({ code: 'COMPONENT_START_FAILED' })
  expect(supervisor.stateOf('redis').state).toBe('failed')
})

test('data that a server was making when it was killed is thrown away; what it had once it answered is kept', async () => {
  const [dir, port] = [join(temp.path, 'first'), await freePort()]
  const data = join(dir, 'data')
  const spec = (mode: 'silent' | 'well') => fakeComponent({ dir, port, mode, data })
  const killed = await new NativeRuntime().start(spec('silent'), testContext())
  await writeFile(join(data, 'half'), '')
  killed.kill('SIGKILL')
  await killed.exited

  const supervisor = supervisorOf(spec('well'))
  await supervisor.start('redis')
  expect(await readdir(data)).toEqual([])
  await writeFile(join(data, 'whole'), '')
  await supervisor.kill('redis')
  await supervisor.start('redis')
  await supervisor.stop('redis')

  expect(await readdir(data)).toEqual(['whole'])
})

function supervisorOf(spec: ComponentSpec): Supervisor {
  return new Supervisor({
    runtime: new NativeRuntime(),
    specs: [spec],
    hooks: { onGone: () => undefined, onChange: async () => undefined },
    context: testContext(),
  })
}
