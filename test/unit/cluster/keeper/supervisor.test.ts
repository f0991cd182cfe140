import { expect, test } from 'vitest'
import { Supervisor } from '../../../../src/cluster/keeper/supervisor.js'
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
