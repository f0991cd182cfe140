import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { openRedis, type RedisClient } from '../../src/clients/redis.js'
import type { Endpoints } from '../../src/cluster/endpoints.js'
import { pathsOf } from '../../src/cluster/environment-store.js'
import { present } from '../../src/kit/assert.js'
import { systemClock } from '../../src/kit/clock.js'
import type { ComponentStatus } from '../../src/model/environment.js'
import { legalEntity } from '../../src/model/legal-entity.js'
import { type DataSource, openDataSource } from '../../src/platform/data-source.js'
import { topologyOfEnvironment } from '../../src/platform/topology-source.js'
import { openTripleClient, type TripleClient } from '../../src/platform/triple-client.js'
import { findProject } from '../../src/project/find-project.js'
import { keeperSocketOf } from '../../src/sys/keeper-socket.js'
import { corelab, makeProject } from '../support/corelab.js'
import {
  endpointsOf,
  keeperPidOf,
  pidOf,
  planOf,
  statusOf,
  untilStatus,
  workloadOn,
} from '../support/environment.js'
import { wishOfKeeper } from '../support/keeper-wish.js'
import { mysqlChoice } from './choice.js'

let project: Awaited<ReturnType<typeof makeProject>>
let endpoints: Endpoints
let redis: RedisClient
let keeperSocket: string
let dataSource: DataSource
let services: TripleClient

beforeAll(async () => {
  project = await makeProject()
  const file = join(project.dir, 'corelab.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text
      .replace('engine: mariadb', 'engine: mysql')
      .replace('programs: null', `programs: ${JSON.stringify(mysqlChoice.programsDir)}`),
  )
  const up = await corelab(['up', '--profile', 'tiny', '--json'], { cwd: project.dir })
  expect(up.code, up.stderr).toBe(0)
  endpoints = await endpointsOf(project.dir)
  redis = openRedis(endpoints.redis)
  services = openTripleClient({ url: endpoints.subsystems.url })
  keeperSocket = keeperSocketOf((await planOf(project.dir)).socketDir)
  const ref = { project: await findProject({ fromDir: project.dir }), env: 'default' }
  const { topologyFile } = pathsOf(ref)
  dataSource = openDataSource({
    topologySource: topologyOfEnvironment({ topologyFile, keeperSocket, redis, clock: systemClock }),
    account: { user: 'corelab_workload', password: endpoints.secrets.database.workload },
    poolSize: 8,
    clock: systemClock,
    patienceMs: 30_000,
    dialect: mysqlDialect,
  })
  await dataSource.write((session) =>
    session.query('CREATE TABLE IF NOT EXISTS bench.written (writer INT, n INT, PRIMARY KEY (writer, n))'),
  )
})

afterAll(async () => {
  services?.close()
  await dataSource?.close()
  await redis?.close()
  await project?.dispose()
})

test('all four nodes run MySQL, and qlink alone acknowledges the master', async () => {
  for (const { name } of endpoints.databases) {
    const [row] = await onNode(name, (session) =>
      session.query<{ version: string }>('SELECT VERSION() AS version'),
    )
    expect(row?.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(row?.version).not.toContain('MariaDB')
  }
  expect((await planOf(project.dir)).engine).toBe('mysql')
  const status = await statusOf(project.dir)
  expect(status.components.map(({ state }) => state)).toEqual(status.components.map(() => 'ready'))
})

test('a customer opened through the services is there once, and answered by the readers', async () => {
  const create = () => ask('create', person, 'open-1')
  const opened = await create()
  expect(opened).toMatchObject({ retCode: 'OK' })

  expect((await create()).data).toEqual(opened.data)

  const { customerId } = opened.data as { customerId: string }
  await expect.poll(async () => (await ask('get', { customerId })).retCode).toBe('OK')
})

test('when the master is killed under load, another takes over; every acknowledged write is there, on all nodes that serve', async () => {
  const topology = await topologyNow()
  const load = startWriters(8)
  await load.writes(500)

  process.kill(pidOf(await statusOf(project.dir), topology.master!), 'SIGKILL')
  await untilStatus(
    project.dir,
    (status) => (status.epoch ?? 0) > topology.epoch && status.topology?.master !== null,
  )
  await load.writes(500)
  await load.stop()

  expect(load.refused()).toEqual([])
  await expectAllWritten(load.acknowledged)
})

test('the killed master never serves what the others do not have: it follows them, or waits for a person', async () => {
  const settled = (role = '') => role === 'quarantined' || role.startsWith('slave')
  await untilStatus(project.dir, ({ components }) =>
    settled(components.find(({ name }) => name === 'db-1')?.role ?? ''),
  )
  const topology = await topologyNow()
  const old = topology.nodes.find(({ name }) => name === 'db-1')
  if (old?.role === 'quarantined') {
    expect(old.serving).toBe(false)
    return
  }
  await expectAllWritten(new Set())
})

test('roles are switched on plan under load without one refused write', async () => {
  const before = await topologyNow()
  const load = startWriters(8)
  await load.writes(300)

  const { epoch, master } = await wishOfKeeper<{ epoch: number; master: string }>(
    keeperSocket,
    '/switchover',
    {
      to: null,
    },
  )

  await load.writes(300)
  await load.stop()
  expect(epoch).toBeGreaterThan(before.epoch)
  expect(master).not.toBe(before.master)
  expect(load.refused()).toEqual([])
  await expectAllWritten(load.acknowledged)
})

test('a master that crashed with a commit nobody acknowledged comes back with it, and is kept out until it is made anew', async () => {
  const { master } = await topologyNow()
  const shadow = (await topologyNow()).nodes.find(({ role }) => role === 'shadow')
  const [crashed, next] = [present(master, 'master'), present(shadow, 'shadow').name]
  const status = await statusOf(project.dir)
  const keeperPid = await keeperPidOf(project.dir)
  // Nobody but the master itself gets what is written from now on.
  process.kill(keeperPid, 'SIGSTOP')
  onTestFinished(() => void process.kill(keeperPid, 'SIGCONT'))
  await asKeeper(next, (session) => session.query('STOP REPLICA IO_THREAD'))
  process.kill(pidOf(status, 'qlink'), 'SIGKILL')
  const lost = onNode(crashed, (session) => session.query('INSERT INTO bench.written VALUES (-1, 1)'))
  await expect
    .poll(() => asKeeper(crashed, (session) => mysqlDialect.semiSyncSource(session)))
    .toMatchObject({ waiting: 1 })

  process.kill(pidOf(status, crashed), 'SIGKILL')
  await expect(lost).rejects.toMatchObject({ code: 'WRITE_OUTCOME_UNKNOWN' })
  process.kill(keeperPid, 'SIGCONT')

  const after = await untilStatus(
    project.dir,
    ({ components, topology }) =>
      topology?.master === next && stateOf(components, crashed) === 'quarantined: ready',
  )
  expect(present(after.topology, 'topology').reason).toContain('it has 1 transaction beyond')
  expect(await rowsOf(crashed, -1)).toBe(1)
  expect(await rowsOf(next, -1)).toBe(0)

  const anew = await corelab(['cluster', 'rejoin', crashed, '--mode', 'reclone', '--yes'], {
    cwd: project.dir,
  })

  expect(anew.code, anew.stderr).toBe(0)
  await untilStatus(project.dir, ({ state }) => state === 'usable')
  expect(await rowsOf(crashed, -1)).toBe(0)
  const uuids = await Promise.all(
    endpoints.databases.map(({ name }) =>
      onNode(name, (session) => session.query<{ uuid: string }>('SELECT @@server_uuid AS uuid')),
    ),
  )
  expect(new Set(uuids.map(([row]) => row?.uuid)).size).toBe(4)
})

test('every row of every table is the same on all four nodes', async () => {
  const verified = await corelab(['cluster', 'verify'], { cwd: project.dir })

  expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  expect(verified.stdout).toContain('all nodes are equal')
})

test('the core stops in order and comes back with everything', async () => {
  const down = await corelab(['down'], { cwd: project.dir })
  expect(down.code, down.stderr).toBe(0)

  const up = await corelab(['up', '--json'], { cwd: project.dir })

  expect(up.code, up.stderr).toBe(0)
  const topology = await topologyNow()
  const [row] = await onNode(topology.master!, (session) =>
    session.query<{ n: number }>('SELECT COUNT(*) AS n FROM bench.written'),
  )
  expect(Number(row?.n)).toBeGreaterThan(1000)
})

const e07 = legalEntity(7)
const person = {
  name: 'Wang Xiaoming',
  identityNo: '33990119900101123X',
  mobile: '14200000001',
  address: '1 Lake Road',
}

function ask(method: string, argument: Record<string, unknown>, idempotencyKey?: string) {
  return services.call({
    interfaceName: 'cn.corelab.cif.PersonService',
    method,
    argument,
    le: e07,
    idempotencyKey,
  })
}

async function topologyNow() {
  return present((await statusOf(project.dir)).topology, 'topology')
}

function stateOf(components: readonly ComponentStatus[], node: string): string {
  const { role, state } = present(
    components.find(({ name }) => name === node),
    node,
  )
  return `${role}: ${state}`
}

async function rowsOf(node: string, writer: number): Promise<number> {
  const rows = await onNode(node, (session) =>
    session.query('SELECT n FROM bench.written WHERE writer = ?', [writer]),
  )
  return rows.length
}

async function asKeeper<T>(
  node: string,
  work: (session: Awaited<ReturnType<typeof openConnection>>) => Promise<T>,
): Promise<T> {
  const { socketPath } = present(
    endpoints.databases.find(({ name }) => name === node),
    node,
  )
  const account = { user: 'corelab_keeper', password: endpoints.secrets.database.keeper }
  const session = await openConnection({ socketPath, ...account }, { connectTimeoutMs: 5000 })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

async function onNode<T>(
  node: string,
  work: (session: Awaited<ReturnType<typeof openConnection>>) => Promise<T>,
): Promise<T> {
  const session = await openConnection(workloadOn(endpoints, node), { connectTimeoutMs: 5000 })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

let lastWriter = 0

/** Writers that insert one row each, as fast as they are answered; every row is written once. */
function startWriters(count: number) {
  const acknowledged = new Set<string>()
  const refused: unknown[] = []
  let stopped = false
  const loops = Array.from({ length: count }, async () => {
    const writer = ++lastWriter
    for (let n = 0; !stopped; n++) {
      try {
        await dataSource.write((session) =>
          session.execute('INSERT INTO bench.written (writer, n) VALUES (?, ?)', [writer, n]),
        )
        acknowledged.add(`${writer}-${n}`)
      } catch (error) {
        // Unknown is what a client must expect of a commit that was cut; it is never sent again.
        if ((error as { code?: string }).code !== 'WRITE_OUTCOME_UNKNOWN') refused.push(error)
      }
    }
  })
  return {
    acknowledged,
    refused: () => refused,
    async writes(more: number) {
      const target = acknowledged.size + more
      await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(target)
    },
    async stop() {
      stopped = true
      await Promise.all(loops)
    },
  }
}

/** On every node that serves, once it has caught up. */
async function expectAllWritten(acknowledged: ReadonlySet<string>): Promise<void> {
  const { topology } = await untilStatus(project.dir, ({ components }) =>
    components.every(({ lagTransactions }) => (lagTransactions ?? 0) === 0),
  )
  const serving = present(topology, 'topology').nodes.filter((node) => node.serving)
  const counts = new Set<number>()
  for (const { name } of serving) {
    const rows = await onNode(name, (session) =>
      session.query<{ writer: number; n: number }>('SELECT writer, n FROM bench.written'),
    )
    const there = new Set(rows.map(({ writer, n }) => `${writer}-${n}`))
    expect([...acknowledged].filter((each) => !there.has(each))).toEqual([])
    counts.add(there.size)
  }
  expect(counts.size).toBe(1)
}
