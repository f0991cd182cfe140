import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { portsWanted } from '../../src/cluster/port-block.js'
import type { EnvironmentStatus } from '../../src/model/environment.js'
import { socketDirOf } from '../../src/sys/state-dir.js'
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
import { tracesOf } from '../support/leaks.js'

/** One core, taken through its life in order: each test begins where the one before ended. */
describe('the life of a core', () => {
  let project: Awaited<ReturnType<typeof makeProject>>
  let before: readonly string[]
  let ports: number[]

  beforeAll(async () => {
    project = await makeProject()
    before = await tracesOf({ dirs: foldersOf(project.dir) })
  })

  afterAll(() => project.dispose())

  test('up makes it usable: four nodes in a chain, qlink, cache, broker and subsystems', async () => {
    const up = await corelab(['up', '--profile', 'tiny', '--json'], { cwd: project.dir })

    expect(up.code, up.stdout + up.stderr).toBe(0)
    const status = await statusOf(project.dir)
    ports = portsWanted((await planOf(project.dir)).ports).map(({ port }) => port)
    expect(status.state).toBe('usable')
    expect(rolesOf(status)).toEqual({
      'db-1': 'master',
      'db-2': 'shadow',
      'db-3': 'slave-1',
      'db-4': 'slave-2',
    })
    expect(status.components.map((component) => component.state)).toEqual(Array(8).fill('ready'))
  })

  test('a row written on the master is read on every other node', async () => {
    const endpoints = await endpointsOf(project.dir)
    const write = await openConnection(workloadOn(endpoints, 'db-1'), { connectTimeoutMs: 2000 })
    await write.execute('REPLACE INTO bench.kv (id, value, payload) VALUES (7, 42, ?)', ['seen'])
    await write.close()

    for (const node of ['db-2', 'db-3', 'db-4']) {
      const read = await openConnection(workloadOn(endpoints, node), { connectTimeoutMs: 2000 })
      await expect
        .poll(async () => (await read.query('SELECT value FROM bench.kv WHERE id = 7')).length, {
          timeout: 5000,
        })
        .toBe(1)
      await expect(read.execute('UPDATE bench.kv SET value = 0')).rejects.toMatchObject({
        code: 'DATABASE_REFUSED',
      })
      await read.close()
    }
  })

  test('up again changes nothing and says so', async () => {
    const pids = pidsOf(await statusOf(project.dir))

    const again = await corelab(['up', '--json'], { cwd: project.dir })

    expect(again.code, again.stdout + again.stderr).toBe(0)
    expect(JSON.parse(again.stdout).data.alreadyRunning).toBe(true)
    expect(pidsOf(await statusOf(project.dir))).toEqual(pids)
  })

  test('a slave that was killed comes back by itself', async () => {
    const killed = pidOf(await statusOf(project.dir), 'db-4')
    process.kill(killed, 'SIGKILL')

    const status = await untilStatus(
      project.dir,
      (each) => each.state === 'usable' && pidOf(each, 'db-4') !== killed,
    )

    expect(rolesOf(status)['db-4']).toBe('slave-2')
  })

  test('servers outlive a killed keeper, and the next up adopts them with the ways between them', async () => {
    const before = await statusOf(project.dir)
    process.kill(await keeperPidOf(project.dir), 'SIGKILL')
    expect((await statusOf(project.dir)).state).toBe('degraded')

    const up = await corelab(['up', '--fault-proxy', '--json'], { cwd: project.dir })

    expect(up.code, up.stdout + up.stderr).toBe(0)
    expect(pidsOf(await statusOf(project.dir))).toEqual(pidsOf(before))
    expect((await planOf(project.dir)).network).toBeNull()
    expect(JSON.parse(up.stdout).warnings).toMatchObject([{ code: 'NETWORK_KEPT' }])
  })

  test('a standby keeper goes on where a killed one was', async () => {
    expect((await corelab(['up', '--standby', '--json'], { cwd: project.dir })).code).toBe(0)
    const before = await statusOf(project.dir)
    const killed = await keeperPidOf(project.dir)
    process.kill(killed, 'SIGKILL')

    const status = await untilStatus(project.dir, (each) => each.state === 'usable')

    expect(await keeperPidOf(project.dir)).not.toBe(killed)
    expect(pidsOf(status)).toEqual(pidsOf(before))
  })

  test('a killed qlink comes back by itself, in the same epoch, and writes go on', async () => {
    const killed = pidOf(await statusOf(project.dir), 'qlink')
    process.kill(killed, 'SIGKILL')

    const status = await untilStatus(
      project.dir,
      (each) => each.state === 'usable' && pidOf(each, 'qlink') !== killed,
    )
    const write = await openConnection(workloadOn(await endpointsOf(project.dir), 'db-1'), {
      connectTimeoutMs: 2000,
    })
    await write.execute('REPLACE INTO bench.kv (id, value, payload) VALUES (8, 43, ?)', ['seen'])
    await write.close()

    expect(status.epoch).toBe(1)
  })

  test('when the master is killed the shadow takes over in the next epoch, and it comes back as a slave', async () => {
    process.kill(pidOf(await statusOf(project.dir), 'db-1'), 'SIGKILL')

    const status = await untilStatus(project.dir, (each) => each.epoch === 2 && each.state === 'usable')

    expect(rolesOf(status)).toEqual({
      'db-1': 'slave-2',
      'db-2': 'master',
      'db-3': 'shadow',
      'db-4': 'slave-1',
    })
  })

  test('a planned switchover hands the writes to the shadow, and the old master is the next shadow', async () => {
    const done = await corelab(['cluster', 'switchover', '--json'], { cwd: project.dir })

    expect(done.code, done.stdout + done.stderr).toBe(0)
    const status = await untilStatus(project.dir, (each) => each.epoch === 3 && each.state === 'usable')
    expect(rolesOf(status)).toEqual({
      'db-1': 'slave-2',
      'db-2': 'shadow',
      'db-3': 'master',
      'db-4': 'slave-1',
    })
  })

  test('a node that is cloned anew works on its own logs, not on those of the node it was copied from', async () => {
    const rejoined = await corelab(['cluster', 'rejoin', 'db-1', '--mode', 'reclone', '--yes', '--json'], {
      cwd: project.dir,
    })

    expect(rejoined.code, rejoined.stdout + rejoined.stderr).toBe(0)
    await untilStatus(project.dir, (each) => each.state === 'usable')
    const data = join(project.dir, '.corelab', 'default', 'components', 'db-1', 'data')
    for (const index of ['binlog.index', 'relay.index']) {
      const names = (await readFile(join(data, index), 'utf8')).trim().split('\n')
      for (const name of names)
        expect(await readFile(join(data, name)), `${index}: ${name}`).toBeInstanceOf(Buffer)
      expect(names.join()).not.toMatch(/db-[234]/)
    }
  })

  test('a frozen master is not waited for: it is fenced, followed, and comes back', async () => {
    const frozen = pidOf(await statusOf(project.dir), 'db-3')
    process.kill(frozen, 'SIGSTOP')

    const status = await untilStatus(project.dir, (each) => each.epoch === 4 && each.state === 'usable')

    expect(status.topology?.master).toBe('db-2')
    expect(pidOf(status, 'db-3')).not.toBe(frozen)
  })

  test('down stops everything and keeps the data; down again is no error', async () => {
    expect((await corelab(['down'], { cwd: project.dir })).code).toBe(0)
    expect((await corelab(['down'], { cwd: project.dir })).code).toBe(0)

    const status = await corelab(['status', '--json'], { cwd: project.dir })
    expect(status.code).toBe(1)
    expect(JSON.parse(status.stdout).data.state).toBe('stopped')
  })

  test('the next up finds the data and the epoch of before', async () => {
    const up = await corelab(['up', '--json'], { cwd: project.dir })

    expect(up.code, up.stdout + up.stderr).toBe(0)
    const status = await untilStatus(project.dir, (each) => each.state === 'usable')
    expect(status.topology).toMatchObject({ epoch: 4, master: 'db-2' })
    const endpoints = await endpointsOf(project.dir)
    const read = await openConnection(workloadOn(endpoints, 'db-2'), { connectTimeoutMs: 2000 })
    expect(await read.query('SELECT value FROM bench.kv WHERE id = 7')).toEqual([{ value: 42 }])
    await read.close()
  })

  test('down --volumes leaves nothing: no process, no port, no socket, no folder', async () => {
    expect((await corelab(['down', '--volumes', '--yes'], { cwd: project.dir })).code).toBe(0)

    expect(await tracesOf({ dirs: foldersOf(project.dir), ports })).toEqual(before)
  })
})

/** Where an environment may leave something: the project, its state, its sockets. */
function foldersOf(dir: string): string[] {
  return [dir, join(dir, '.corelab'), socketDirOf(join(dir, '.corelab', 'default'))]
}

function rolesOf(status: EnvironmentStatus): Record<string, string | null> {
  return Object.fromEntries(
    status.components
      .filter((component) => component.kind === 'database')
      .map(({ name, role }) => [name, role]),
  )
}

function pidsOf(status: EnvironmentStatus): Record<string, number | null> {
  return Object.fromEntries(status.components.map(({ name, pid }) => [name, pid]))
}
