import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { mysqlDialect } from '../../src/clients/dialects/mysql.js'
import { present } from '../../src/kit/assert.js'
import { type AccountNo, subTableName, subTableOfAccount } from '../../src/model/sub-tables.js'
import { loadPopulation } from '../../src/population/load.js'
import { verifyPopulation } from '../../src/population/verify/verify-population.js'
import { corelab } from '../support/corelab.js'
import { keeperPidOf, pidOf, planOf, statusOf, untilStatus } from '../support/environment.js'
import { testContext } from '../support/fake-component.js'
import { wishOfKeeper } from '../support/keeper-wish.js'
import { type MysqlCore, startMysqlCore } from './mysql-core.js'
import { createWritten, startWriters } from './row-writers.js'

let core: MysqlCore

beforeAll(async () => {
  core = await startMysqlCore()
  await core.dataSource.write((session) => session.query(createWritten))
})

afterAll(() => core?.dispose())

test('all four nodes run MySQL, and qlink alone acknowledges the master', async () => {
  for (const { name } of core.endpoints.databases) {
    const [row] = await core.on(name, (session) =>
      session.query<{ version: string }>('SELECT VERSION() AS version'),
    )
    expect(row?.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(row?.version).not.toContain('MariaDB')
  }
  expect((await planOf(core.dir)).engine).toBe('mysql')
  const status = await statusOf(core.dir)
  expect(status.components.map(({ state }) => state)).toEqual(status.components.map(() => 'ready'))
})

test('a customer opened through the services is there once, and answered by the readers', async () => {
  const create = () => core.call(persons, 'create', person, 'open-1')
  const opened = await create()
  expect(opened).toMatchObject({ retCode: 'OK' })

  expect((await create()).data).toEqual(opened.data)

  const { customerId } = opened.data as { customerId: string }
  await expect.poll(async () => (await core.call(persons, 'get', { customerId })).retCode).toBe('OK')
})

test('money moves once per key between two accounts, and both say the same', async () => {
  const { customerId } = (await core.call(persons, 'create', person, 'open-1')).data as { customerId: string }
  const open = async (accountClass: number) => {
    const opened = await core.call(accounts, 'open', { customerId, accountClass }, `account-${accountClass}`)
    return (opened.data as { accountNo: string }).accountNo
  }
  const [payer, payee] = [await open(1), await open(2)]
  await fund(payer, 10_000)
  const pay = () =>
    core.call(transfers, 'submit', { payerAccount: payer, payeeAccount: payee, amount: '2500' }, 'rent-1')

  const submitted = await pay()

  expect(submitted).toMatchObject({ retCode: 'OK', data: { amount: '2500' } })
  expect((await pay()).data).toEqual(submitted.data)
  await expect
    .poll(async () => (await core.call(accounts, 'summary', { accountNo: payer })).data)
    .toMatchObject({ balance: '7500' })
  expect((await core.call(accounts, 'summary', { accountNo: payee })).data).toMatchObject({ balance: '2500' })
})

test('a population is loaded in bulk, and is what the generator says, row for row', async () => {
  const { master } = await core.topology()
  const node = present(master, 'master')
  // So few that they are made without threads, which need compiled sources.
  const population = { seed: 7, customers: 19_000, entities: 81, locale: 'zh', identity: 'safe' } as const
  const context = testContext()

  const verdict = await core.on(
    node,
    async (connection) => {
      await loadPopulation({ ...population, connection, loadDir: core.loadDir }, context)
      return verifyPopulation({ ...population, nodes: [{ node, connection }] }, context)
    },
    'loader',
  )

  expect(verdict.valid, verdict.summary).toBe(true)
})

test('when the master is killed under load, another takes over; every acknowledged write is there, on all nodes that serve', async () => {
  const topology = await core.topology()
  const load = startWriters(core.dataSource, 8)
  await load.writes(500)

  process.kill(pidOf(await statusOf(core.dir), topology.master!), 'SIGKILL')
  await untilStatus(
    core.dir,
    (status) => (status.epoch ?? 0) > topology.epoch && status.topology?.master !== null,
  )
  await load.writes(500)
  await load.stop()

  expect(load.refused).toEqual([])
  await expectAllWritten(load.acknowledged)
})

test('the killed master never serves what the others do not have: it follows them, or waits for a person', async () => {
  const settled = (role = '') => role === 'quarantined' || role.startsWith('slave')
  await untilStatus(core.dir, ({ components }) =>
    settled(components.find(({ name }) => name === 'db-1')?.role ?? ''),
  )
  const topology = await core.topology()
  const old = topology.nodes.find(({ name }) => name === 'db-1')
  if (old?.role === 'quarantined') {
    expect(old.serving).toBe(false)
    // The person, so that what follows finds four nodes.
    const anew = await corelab(['cluster', 'rejoin', 'db-1', '--mode', 'reclone', '--yes'], { cwd: core.dir })
    expect(anew.code, anew.stdout + anew.stderr).toBe(0)
    await untilStatus(core.dir, ({ state }) => state === 'usable')
  }
  await expectAllWritten(new Set())
})

test('roles are switched on plan under load without one refused write', async () => {
  const before = await core.topology()
  const load = startWriters(core.dataSource, 8)
  await load.writes(300)

  const { epoch, master } = await wishOfKeeper<{ epoch: number; master: string }>(
    core.keeperSocket,
    '/switchover',
    {
      to: null,
    },
  )

  await load.writes(300)
  await load.stop()
  expect(epoch).toBeGreaterThan(before.epoch)
  expect(master).not.toBe(before.master)
  expect(load.refused).toEqual([])
  await expectAllWritten(load.acknowledged)
})

test('a master that crashed with a commit nobody acknowledged comes back with it, and is kept out until it is made anew', async () => {
  const { master } = await core.topology()
  const shadow = (await core.topology()).nodes.find(({ role }) => role === 'shadow')
  const [crashed, next] = [present(master, 'master'), present(shadow, 'shadow').name]
  const status = await statusOf(core.dir)
  const keeperPid = await keeperPidOf(core.dir)
  // Nobody but the master itself gets what is written from now on.
  process.kill(keeperPid, 'SIGSTOP')
  onTestFinished(() => void process.kill(keeperPid, 'SIGCONT'))
  await core.on(next, (session) => session.query('STOP REPLICA IO_THREAD'), 'keeper')
  process.kill(pidOf(status, 'qlink'), 'SIGKILL')
  const lost = core.on(crashed, (session) => session.query('INSERT INTO bench.written VALUES (-1, 1)'))
  await expect
    .poll(() => core.on(crashed, (session) => mysqlDialect.semiSyncSource(session), 'keeper'))
    .toMatchObject({ waiting: 1 })

  process.kill(pidOf(status, crashed), 'SIGKILL')
  await expect(lost).rejects.toMatchObject({ code: 'WRITE_OUTCOME_UNKNOWN' })
  process.kill(keeperPid, 'SIGCONT')

  // A slave must be there before it can be copied from.
  await untilStatus(
    core.dir,
    ({ components, topology }) =>
      topology?.master === next &&
      topology.nodes.filter(({ serving }) => serving).length === 3 &&
      components.some(
        ({ name, state, detail }) =>
          name === crashed &&
          state === 'quarantined' &&
          detail?.includes('it has 1 transaction beyond') === true,
      ),
  )
  expect(await rowsOf(crashed, -1)).toBe(1)
  expect(await rowsOf(next, -1)).toBe(0)

  const anew = await corelab(['cluster', 'rejoin', crashed, '--mode', 'reclone', '--yes'], {
    cwd: core.dir,
  })

  expect(anew.code, anew.stdout + anew.stderr).toBe(0)
  await untilStatus(core.dir, ({ state }) => state === 'usable')
  expect(await rowsOf(crashed, -1)).toBe(0)
  const uuids = await Promise.all(
    core.endpoints.databases.map(({ name }) =>
      core.on(name, (session) => session.query<{ uuid: string }>('SELECT @@server_uuid AS uuid')),
    ),
  )
  expect(new Set(uuids.map(([row]) => row?.uuid)).size).toBe(4)
})

test('every row of every table is the same on all four nodes', async () => {
  const verified = await corelab(['cluster', 'verify'], { cwd: core.dir })

  expect(verified.code, verified.stdout + verified.stderr).toBe(0)
})

test('the core stops in order and comes back with everything', async () => {
  const down = await corelab(['down'], { cwd: core.dir })
  expect(down.code, down.stdout + down.stderr).toBe(0)

  const up = await corelab(['up', '--json'], { cwd: core.dir })

  expect(up.code, up.stdout + up.stderr).toBe(0)
  const topology = await core.topology()
  const [row] = await core.on(topology.master!, (session) =>
    session.query<{ n: number }>('SELECT COUNT(*) AS n FROM bench.written'),
  )
  expect(Number(row?.n)).toBeGreaterThan(1000)
})

const persons = 'cn.corelab.cif.PersonService'
const accounts = 'cn.corelab.act.SettlementAccountService'
const transfers = 'cn.corelab.pay.IntraEntityTransferService'

const person = {
  name: 'Wang Xiaoming',
  identityNo: '33990119900101123X',
  mobile: '14200000001',
  address: '1 Lake Road',
}

/** Money out of nowhere, by the account centre's own right to write. */
async function fund(accountNo: string, balance: number): Promise<void> {
  const { master } = await core.topology()
  const table = subTableName('act.settlement_account', subTableOfAccount(Number(accountNo) as AccountNo))
  await core.on(
    present(master, 'master'),
    (session) => session.query(`UPDATE ${table} SET balance = ${balance} WHERE account_no = ${accountNo}`),
    'act',
  )
}

function rowsOf(node: string, writer: number): Promise<number> {
  return core.on(node, async (session) => {
    const rows = await session.query('SELECT n FROM bench.written WHERE writer = ?', [writer])
    return rows.length
  })
}

/** On every node that serves, once it has caught up. */
async function expectAllWritten(acknowledged: ReadonlySet<string>): Promise<void> {
  const { topology } = await untilStatus(core.dir, ({ components }) =>
    components.every(({ lagTransactions }) => (lagTransactions ?? 0) === 0),
  )
  const serving = present(topology, 'topology').nodes.filter((node) => node.serving)
  const counts = new Set<number>()
  for (const { name } of serving) {
    const rows = await core.on(name, (session) =>
      session.query<{ writer: number; n: number }>('SELECT writer, n FROM bench.written'),
    )
    const there = new Set(rows.map(({ writer, n }) => `${writer}-${n}`))
    expect([...acknowledged].filter((each) => !there.has(each))).toEqual([])
    counts.add(there.size)
  }
  expect(counts.size).toBe(1)
}
