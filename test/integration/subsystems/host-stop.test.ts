import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { registeredInstances } from '../../../src/platform/service-registry.js'
import { openTripleClient, type TripleCall } from '../../../src/platform/triple-client.js'
import { e01 } from '../../support/bank.js'
import { type HostGround, prepareHostGround } from '../../support/subsystem-host.js'

let ground: HostGround
/** What the handler below runs: it lives in this process. */
const stage: { begun: () => void; work: Promise<string> } = {
  begun: () => undefined,
  work: Promise.resolve(''),
}

beforeAll(async () => {
  ground = await prepareHostGround()
  Object.assign(globalThis, { hostStopStage: stage })
  await ground.put(
    'subsystems/rsk/handler.mjs',
    `export default { 'RiskRuleService/get': () => { hostStopStage.begun(); return hostStopStage.work } }`,
  )
})

afterAll(() => ground?.dispose())

const call: TripleCall = {
  interfaceName: 'cn.corelab.rsk.RiskRuleService',
  method: 'get',
  argument: {},
  le: e01,
}

test('a host that stops leaves the registry, takes no new call, and finishes the one under way', async () => {
  const host = await ground.startHost()
  const redis = ground.redis.connect()
  await vi.waitUntil(async () => (await registeredInstances(redis)).length === 21, { timeout: 20_000 })
  const clients = [1, 2].map(() => openTripleClient({ url: `http://127.0.0.1:${host.port}` }))
  let finish: (answer: string) => void = () => undefined
  stage.work = new Promise((resolve) => (finish = resolve))
  const begun = new Promise<void>((resolve) => (stage.begun = resolve))
  const running = clients[0]!.call(call)
  await begun

  let stopped = false
  const stopping = host.stop().then(() => (stopped = true))
  await vi.waitUntil(async () => (await registeredInstances(redis)).length === 0, { timeout: 20_000 })
  await vi.waitUntil(async () => (await fetch(`http://127.0.0.1:${host.port}/health/ready`)).status === 503, {
    timeout: 10_000,
  })

  await expect(clients[1]!.call(call)).rejects.toMatchObject({ code: 'SUBSYSTEM_UNAVAILABLE' })
  expect(stopped).toBe(false)
  finish('done')
  expect((await running).data).toBe('done')
  await stopping
  expect(stopped).toBe(true)
  for (const client of clients) client.close()
  await redis.close()
})

test('a call that does not end keeps the host from stopping only for a limited time', async () => {
  const host = await ground.startHost()
  const client = openTripleClient({ url: `http://127.0.0.1:${host.port}` })
  stage.work = new Promise(() => undefined)
  const begun = new Promise<void>((resolve) => (stage.begun = resolve))
  const cut = client.call(call).catch((error: { code: string }) => error.code)
  await begun

  await host.stop()

  expect(await cut).toBe('WRITE_OUTCOME_UNKNOWN')
  client.close()
})
