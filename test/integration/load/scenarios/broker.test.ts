import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAmqp } from '../../../../src/clients/amqp.js'
import { rabbitmqUser, rabbitmqVhost } from '../../../../src/components/rabbitmq/definitions.js'
import {
  detectRabbitmq,
  planRabbitmqComponent,
} from '../../../../src/components/rabbitmq/rabbitmq-component.js'
import type { BenchCore } from '../../../../src/load/bench/bench-core.js'
import { startLoad } from '../../../../src/load/engine/run-load.js'
import { brokerScenario } from '../../../../src/load/scenarios/broker.js'
import type { BrokerParams } from '../../../../src/load/workloads/broker.js'
import { profiles } from '../../../../src/model/profile.js'
import { statePaths } from '../../../../src/sys/state-dir.js'
import { benchContext, failuresOf, runInTest, shortWishes } from '../../../support/bench-ground.js'
import { freePort } from '../../../support/free-port.js'
import { type Bench, openBench } from '../../../support/real-components.js'
import { testSecrets } from '../../../support/secrets.js'

let bench: Bench
let core: BenchCore

beforeAll(async () => {
  bench = await openBench()
  const ports = { amqp: await freePort(), distribution: await freePort(), portMapper: await freePort() }
  await bench.start(
    planRabbitmqComponent({
      programs: await detectRabbitmq(),
      paths: statePaths(bench.stateDir).component('rabbitmq'),
      ports,
      profile: profiles.tiny,
      secrets: testSecrets,
      userConfig: '',
    }),
  )
  const host = '127.0.0.1'
  const account = { user: rabbitmqUser, password: testSecrets.rabbitmq, vhost: rabbitmqVhost }
  core = {
    ...{ name: 'test core', profile: 'tiny', engine: 'mariadb', versions: {}, databases: [] },
    ...{ benchSchema: 'bench', population: null, processes: [], writesMax: null },
    environment: {
      ...{ projectDir: '', env: 'test', topologyFile: '', socketDir: '' },
      endpoints: {
        engine: 'mariadb',
        databases: [],
        redis: { host, port: 1, password: '' },
        rabbitmq: { host, port: ports.amqp, ...account },
        subsystems: { url: `http://${host}:1` },
        secrets: testSecrets,
      },
      topology: { epoch: 1, version: 1, master: null, nodes: [], reason: 'test' },
    },
  }
})
afterAll(() => bench?.dispose())

const brokerOf = () =>
  openAmqp((core.environment as NonNullable<BenchCore['environment']>).endpoints.rabbitmq, {
    connectTimeoutMs: 5000,
  })

test('the queue of a run that is killed would go by itself: it is declared with a time to live', async () => {
  const prepared = await brokerScenario.prepare(core, shortWishes(), benchContext)
  const [queue = ''] = (prepared.plan.workload.params as BrokerParams).queues
  const other = await brokerOf()
  try {
    await other.declareQueue(queue, { expiresMs: 3_600_000 })
    // A broker takes a declaration only when it says what the queue is.
    await expect(other.declareQueue(queue)).rejects.toThrow(/expires/)
  } finally {
    await other.close().catch(() => undefined)
    await prepared.dispose(benchContext)
  }
})

test('every confirmed message arrives, once; afterwards its queue is gone', async () => {
  const run = await runInTest(brokerScenario, core, shortWishes())
  expect(run.record.total).toMatchObject({ failed: 0, unknown: 0 })
  expect(run.record.total.ok).toBeGreaterThan(100)
  expect(run.record.counted).toEqual({ delivered: run.record.total.ok, deliveredAgain: 0 })
  expect(await failuresOf(run)).toBe('')

  await run.prepared.dispose(benchContext)
  const client = await brokerOf()
  const { queues } = run.prepared.plan.workload.params as BrokerParams
  await expect(client.take(queues[0]!)).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' })
  await client.close()
})

test('a confirmed message that somebody else took away is found', async () => {
  const prepared = await brokerScenario.prepare(core, shortWishes({ prefetch: '1' }), benchContext)
  const { queues } = prepared.plan.workload.params as BrokerParams
  const thief = await brokerOf()
  const running = startLoad(prepared.plan, benchContext)
  let stolen: string | null = null
  const deadline = Date.now() + 1000
  while (stolen === null && Date.now() < deadline) stolen = await thief.take(queues[0]!)
  const record = await running.finished
  await thief.close()
  expect(stolen).not.toBeNull()
  const failures = await failuresOf({
    prepared,
    record,
    checks: async () => prepared.verify(record, benchContext),
  })
  expect(failures).toContain(`acknowledged messages are missing in the consumers (${stolen!.trim()})`)
  await prepared.dispose(benchContext)
}, 30_000)

test('a thread whose book is gone makes no figure', async () => {
  const run = await runInTest(brokerScenario, core, shortWishes())
  const { ackDir } = run.prepared.plan.workload.params as BrokerParams
  const file = join(ackDir, 'thread-0.json')
  const book = JSON.parse(await readFile(file, 'utf8')) as { sessions: { begun: number }[] }
  book.sessions[0]!.begun += 1
  await writeFile(file, JSON.stringify(book))
  expect(await failuresOf(run)).toContain('1 acknowledged messages are missing in the consumers')
  await writeFile(file, 'null')
  expect(await failuresOf(run)).toContain('1 threads died')
  await run.prepared.dispose(benchContext)
})
