import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { openRedis } from '../../src/clients/redis.js'
import type { Endpoints } from '../../src/cluster/endpoints.js'
import { legalEntity } from '../../src/model/legal-entity.js'
import { subsystemCodes } from '../../src/model/subsystem.js'
import { registeredInstances } from '../../src/platform/service-registry.js'
import type { TripleClient } from '../../src/platform/triple-client.js'
import { openTripleClient } from '../../src/platform/triple-client.js'
import { corelab, makeProject } from '../support/corelab.js'
import { endpointsOf, pidOf, statusOf, untilStatus, workloadOn } from '../support/environment.js'

const e07 = legalEntity(7)
const person = {
  name: 'Wang Xiaoming',
  identityNo: '33990119900101123X',
  mobile: '14200000001',
  address: '1 Lake Road',
}

let project: Awaited<ReturnType<typeof makeProject>>
let endpoints: Endpoints
let client: TripleClient

beforeAll(async () => {
  project = await makeProject()
  const up = await corelab(['up', '--profile', 'tiny', '--json'], { cwd: project.dir })
  expect(up.code, up.stdout + up.stderr).toBe(0)
  endpoints = await endpointsOf(project.dir)
  client = openTripleClient({ url: endpoints.subsystems.url })
})

afterAll(async () => {
  client?.close()
  await project?.dispose()
})

test('all 21 subsystems are registered in Redis, each under a lease', async () => {
  const redis = openRedis(endpoints.redis)
  const instances = await registeredInstances(redis)
  const ttlMs = await redis.ttlMs((await redis.keys('corelab:registry:*'))[0] ?? '')
  await redis.close()

  expect(instances.map(({ code }) => code).sort()).toEqual([...subsystemCodes].sort())
  expect(ttlMs).toBeGreaterThan(0)
})

test('a customer opened through the service is opened once per key, and answered by the readers', async () => {
  const create = () => ask('create', person, 'open-1')
  const opened = await create()
  expect(opened).toMatchObject({ retCode: 'OK' })
  expect((await create()).data).toEqual(opened.data)

  const { customerId } = opened.data as { customerId: string }
  await expect.poll(async () => (await ask('get', { customerId })).retCode, { timeout: 5000 }).toBe('OK')
})

test('reads go to shadow and slaves, not to the master', async () => {
  const customerId = ((await ask('create', person, 'open-1')).data as { customerId: string }).customerId
  const before = await selectsByNode()
  const reads = 300

  for (let read = 0; read < reads; read++) await ask('get', { customerId })

  const after = await selectsByNode()
  const grown = (node: string) => (after[node] ?? 0) - (before[node] ?? 0)
  expect(grown('db-2') + grown('db-3') + grown('db-4')).toBeGreaterThanOrEqual(reads)
  expect(grown('db-1')).toBeLessThan(reads / 3)
})

test('after a failover the services go on by themselves, with everything that was answered', async () => {
  const customerId = ((await ask('create', person, 'open-1')).data as { customerId: string }).customerId
  process.kill(pidOf(await statusOf(project.dir), 'db-1'), 'SIGKILL')

  const other = await ask(
    'create',
    { ...person, identityNo: '339901198506152041', mobile: '14200000002' },
    'open-2',
  )

  expect(other.retCode).toBe('OK')
  await untilStatus(project.dir, (status) => status.epoch === 2 && status.topology?.master === 'db-2')
  expect(await ask('get', { customerId })).toMatchObject({ retCode: 'OK', data: { mobile: person.mobile } })
})

function ask(method: string, argument: Record<string, unknown>, idempotencyKey?: string) {
  return client.call({
    interfaceName: 'cn.corelab.cif.PersonService',
    method,
    argument,
    le: e07,
    idempotencyKey,
  })
}

async function selectsByNode(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of endpoints.databases) {
    const session = await openConnection(workloadOn(endpoints, name), { connectTimeoutMs: 2000 })
    const [row] = await session.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Com_select'")
    counts[name] = Number(row?.Value)
    await session.close()
  }
  return counts
}
