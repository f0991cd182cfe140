import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MysqlTarget, openConnection } from '../../../src/clients/mysql/connection.js'
import type { ClusterHistory } from '../../../src/cluster/history-fold.js'
import type { VerifyResult } from '../../../src/cluster/verify/verify-tools.js'
import { corelab, type Finished, makeProject } from '../../support/corelab.js'
import { endpointsOf, planOf, statusOf, untilStatus, workloadOn } from '../../support/environment.js'

/** One real core for all of these, in order: each test begins where the one before ended. */
let project: Awaited<ReturnType<typeof makeProject>>
let dir = ''

beforeAll(async () => {
  project = await makeProject()
  dir = project.dir
  const up = await corelab(['up', '--profile', 'tiny'], { cwd: dir })
  expect(up.code, up.stdout + up.stderr).toBe(0)
  const master = await openConnection(workloadOn(await endpointsOf(dir), 'db-1'), { connectTimeoutMs: 5000 })
  for (let id = 1; id <= 20; id++)
    await master.execute('INSERT INTO bench.kv (id, value, payload) VALUES (?, ?, ?)', [id, id, `row ${id}`])
  await master.close()
})

afterAll(() => project.dispose())

const cluster = (...words: readonly string[]): Promise<Finished> =>
  corelab(['cluster', ...words], { cwd: dir })

async function verified(): Promise<{ readonly code: number | null; readonly data: VerifyResult }> {
  const { code, stdout, stderr } = await cluster('verify', '--json')
  expect(stdout, stderr).not.toBe('')
  return { code, data: JSON.parse(stdout).data }
}

async function historyNow(): Promise<ClusterHistory> {
  return JSON.parse((await cluster('history', '--json')).stdout).data
}

test('the chain is shown, and every node is equal', async () => {
  const chain = await cluster()
  expect(chain.code).toBe(0)
  expect(chain.stdout).toMatch(/^Epoch 1: master db-1\n/)
  expect(chain.stdout).toMatch(/^db-3 {2}slave-1 {2}db-2 {5}yes/m)

  const { code, data } = await verified()
  expect(data.checks.filter(({ valid }) => !valid)).toEqual([])
  expect(code).toBe(0)
  expect(data.nodes.map(({ compared }) => compared)).toEqual([true, true, true, true])
  expect(data.rows).toBeGreaterThanOrEqual(20)
})

test('one byte changed on one node is found and named: exit 1; made anew, the node is equal again', async () => {
  const keeper = await openConnection(await controlOf('db-3'), { connectTimeoutMs: 5000 })
  await keeper.query('SET sql_log_bin = 0')
  await keeper.query("UPDATE corelab.applied_schema SET applied_at = '2001-01-01 00:00:00'")
  await keeper.close()

  const found = await cluster('verify')
  expect(found.code).toBe(1)
  expect(found.stdout).toMatch(/^There are differences/)
  expect(found.stdout).toMatch(/corelab\.applied_schema on db-3: row\s+\S+\s+is changed/)
  expect(found.stdout).toContain(' cluster rejoin db-3 --mode reclone')

  const anew = await cluster('rejoin', 'db-3', '--mode', 'reclone')
  expect(anew.code, anew.stdout + anew.stderr).toBe(0)
  expect(anew.stdout).toMatch(/^db-3: serves as slave-1/)
  expect((await verified()).code).toBe(0)
})

test('a switchover moves the writes, progress on stderr, the answer on stdout', async () => {
  const { code, stdout, stderr } = await cluster('switchover', '--to', 'db-3')

  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^db-3 is master of epoch 2 in the place of db-1, after \d+ ms without writes/)
  expect(stdout).toMatch(/seal \d+ ms/)
  expect(stderr).toMatch(/Seal the epoch/)
  const again = await cluster('switchover', '--to', 'db-3')
  expect(again.code).toBe(4)
  expect(again.stderr).toContain('SWITCHOVER_REFUSED')
})

test('a failover gives the master up, which comes back by itself', async () => {
  const { code, stdout, stderr } = await cluster('failover', '--reason', 'its disk is slow')

  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/ is master of epoch 3 in the place of db-3/)
  await untilStatus(dir, ({ state }) => state === 'usable')
  expect((await verified()).data.checks.filter(({ valid }) => !valid)).toEqual([])
})

test('only who is out of service is brought back: exit 4, and why', async () => {
  const { code, stdout, stderr } = await cluster('rejoin', 'db-4')
  expect([code, stdout]).toEqual([4, ''])
  expect(stderr).toContain('db-4 is not out of service')
})

test('the history tells all of it, and goes on doing so when the core is stopped', async () => {
  const running = await historyNow()
  expect(running.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
  expect(running.epochs[1]).toMatchObject({ master: 'db-3', change: { kind: 'switchover' } })
  expect(running.epochs[2]?.change).toMatchObject({ kind: 'failover', reason: 'its disk is slow' })
  expect(running.epochs[2]?.returns).toMatchObject([{ node: 'db-3', outcome: 'done' }])

  await corelab(['down'], { cwd: dir })
  expect((await statusOf(dir)).state).toBe('stopped')
  expect(await historyNow()).toEqual(running)
  const stopped = await cluster('verify')
  expect([stopped.code, stopped.stdout]).toEqual([1, ''])
  expect(stopped.stderr).toContain('ENV_NOT_RUNNING')
})

/** As the keeper: it may change the tables that describe the core, and leave no trace in the binlog. */
async function controlOf(name: string): Promise<MysqlTarget> {
  const { nodes } = await planOf(dir)
  const endpoint = nodes.find((node) => node.name === name)!.endpoint
  const password = (await endpointsOf(dir)).secrets.database.keeper
  return { host: endpoint.host, port: endpoint.controlPort, user: 'corelab_keeper', password }
}
