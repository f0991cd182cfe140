import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { statePaths } from '../../src/sys/state-dir.js'
import { type CoreAtHand, startCore } from '../support/core-at-hand.js'
import { endpointsOf, keeperPidOf, pidOf, planOf, statusOf, untilStatus } from '../support/environment.js'

const force = ['cluster', 'failover', '--force-with-possible-loss']

/** One core, through misfortunes that must lose nothing; each leaves it usable for the next. */
describe('a core in bad luck', () => {
  let core: CoreAtHand

  beforeAll(async () => {
    core = await startCore()
    await core.onMaster('CREATE TABLE bench.luck (id INT PRIMARY KEY, v VARCHAR(50))')
  })
  afterAll(() => core?.dispose())

  /** What it had is there, and it is the same everywhere. */
  async function expectRows(ids: readonly number[]): Promise<void> {
    const rows = await core.onMaster<{ id: number }>('SELECT id FROM bench.luck ORDER BY id')
    expect(rows.map(({ id }) => id)).toEqual(ids)
    const verified = await core.run('cluster', 'verify')
    expect(verified.code, verified.stdout).toBe(0)
  }

  test('a prepared XA transaction moves with a switchover and with a failover, and is decided there', async () => {
    const prepare = (id: number) => [
      `XA START 'xa${id}'`,
      `INSERT INTO bench.luck VALUES (${id}, 'prepared')`,
      `XA END 'xa${id}'`,
      `XA PREPARE 'xa${id}'`,
    ]
    await core.onMaster(...prepare(1))
    const moved = await core.run('cluster', 'switchover')
    expect(moved.code, moved.stdout).toBe(0)
    await core.onMaster(...prepare(2))
    const old = await core.master()
    await core.signal(old, 'SIGKILL')
    await untilStatus(core.dir, ({ topology }) => topology?.master !== null && topology?.master !== old)

    expect(await core.onMaster('XA RECOVER')).toHaveLength(2)
    await core.onMaster("XA COMMIT 'xa1'", "XA ROLLBACK 'xa2'")
    await core.usable()

    await expectRows([1])
  })

  test('a schema change that the master is killed in is whole on the next one, or absent', async () => {
    await core.onMaster(
      'CREATE TABLE bench.wide (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(200))',
      "INSERT INTO bench.wide (v) VALUES (REPEAT('a', 200))",
      ...Array.from({ length: 17 }, () => 'INSERT INTO bench.wide (v) SELECT v FROM bench.wide'),
    )
    const old = await core.master()
    const pid = pidOf(await statusOf(core.dir), old)
    const [session, looking] = [await core.sessionOn(old), await core.sessionOn(old)]
    const altering = session.query('ALTER TABLE bench.wide ADD COLUMN w INT, ALGORITHM = COPY').then(
      () => 'done' as const,
      () => 'cut' as const,
    )
    const isCopying = async () =>
      /copy to tmp table/i.test(JSON.stringify(await looking.query('SHOW PROCESSLIST')))
    await expect.poll(isCopying, { interval: 5 }).toBe(true)
    process.kill(pid, 'SIGKILL')
    const outcome = await altering
    await core.usable()

    const columns = (await core.onMaster('SHOW COLUMNS FROM bench.wide')).length
    expect([2, 3]).toContain(columns)
    if (outcome === 'done') expect(columns).toBe(3)
    await expectRows([1])
    await core.onMaster('DROP TABLE bench.wide')
  })

  test('a tail that only qlink has is replayed: a table made with its rows, a view of somebody else, a large row', async () => {
    await core.usable()
    const [old, shadow] = [await core.master(), await core.shadow()]
    await core.signal(shadow, 'SIGSTOP')
    await core.on(
      old,
      'CREATE TABLE bench.copied AS SELECT id, v FROM bench.luck',
      'CREATE VIEW bench.seen AS SELECT id FROM bench.copied',
      'CREATE TABLE bench.large (id INT PRIMARY KEY, b LONGBLOB)',
      "INSERT INTO bench.large VALUES (1, REPEAT('x', 12000000))",
      "UPDATE bench.large SET b = REPEAT('y', 12000000)",
      "INSERT INTO bench.luck VALUES (3, 'behind it')",
    )
    await core.signal(old, 'SIGKILL')
    await core.signal(shadow, 'SIGKILL')
    await core.usable()

    expect(await core.onMaster('SELECT id FROM bench.seen')).toEqual([{ id: 1 }])
    const [large] = await core.onMaster<{ isWhole: number }>(
      "SELECT b = REPEAT('y', 12000000) AS isWhole FROM bench.large",
    )
    expect(Number(large?.isWhole)).toBe(1)
    await expectRows([1, 3])
  })

  test('without its log qlink lets nobody take over, and the status names the way out, which loses nothing while the master lives', async () => {
    const old = await core.master()
    await loseLog()
    const status = await untilStatus(core.dir, ({ next }) => next.includes(`corelab ${force.join(' ')}`))

    expect(status.topology).toMatchObject({ master: old })
    expect(status.components.find(({ name }) => name === 'qlink')).toMatchObject({
      state: 'degraded',
      detail: expect.stringMatching(/its log is gone: it knows nothing of epoch \d+; writes wait/),
    })
    const unconfirmed = await core.run(...force)
    expect(JSON.parse(unconfirmed.stdout).error).toMatchObject({ code: 'USAGE' })

    const forced = await core.run(...force, '--yes')
    expect(forced.code, forced.stdout).toBe(0)
    expect(JSON.parse(forced.stdout).data.master).toBe(old)
    await core.onMaster("INSERT INTO bench.luck VALUES (4, 'acknowledged again')")
    await core.usable()
    await expectRows([1, 3, 4])
    expect(JSON.parse((await core.run(...force, '--yes')).stdout).error).toMatchObject({
      code: 'FAILOVER_REFUSED',
      message: "qlink's log is whole, so nothing has to be lost",
    })
  })

  test('with master and log both gone writes wait until somebody accepts the loss, and the history keeps it', async () => {
    const old = await core.master()
    await loseLog()
    await core.signal(old, 'SIGKILL')
    const status = await untilStatus(core.dir, ({ problem }) => /its log is gone/.test(problem ?? ''))
    expect(status.next).toContain(`corelab ${force.join(' ')}`)

    const forced = await core.run(...force, '--yes', '--reason', 'its disk died')

    expect(forced.code, forced.stdout).toBe(0)
    expect(JSON.parse(forced.stdout).data.master).not.toBe(old)
    await core.usable()
    await expectRows([1, 3, 4])
    expect((await core.run('cluster', 'history')).stdout).toContain('possible loss accepted')
  })

  test('a password that is no longer that of the secrets is named, changes no master, and is mended by down and up', async () => {
    const before = await core.usable()
    const old = before.topology?.master ?? 'none'
    const { secrets, databases } = await endpointsOf(core.dir)
    const { host, port } = databases.find(({ name }) => name === old)!
    const qlink = { host, port, user: 'corelab_qlink', password: secrets.database.qlink }
    const session = await openConnection(qlink, { connectTimeoutMs: 5000 })
    await session.query("SET PASSWORD = PASSWORD('another')")
    await session.close()
    await core.signal('qlink', 'SIGKILL')

    const status = await untilStatus(core.dir, ({ next }) => next[0] === 'corelab down')
    expect(status.components.find(({ name }) => name === 'qlink')?.detail).toMatch(
      /writes wait: corelab_qlink@.*Access denied/,
    )
    // Longer than a master that hangs is looked on.
    await new Promise((resolve) => setTimeout(resolve, 6000))
    expect((await statusOf(core.dir)).topology).toMatchObject({ master: old, epoch: before.epoch })

    expect((await core.run('down')).code).toBe(0)
    const up = await core.run('up')
    expect(up.code, up.stdout).toBe(0)
    await core.usable()
    await expectRows([1, 3, 4])
  })

  test('qlink, and then keeper and qlink together, frozen for longer than any time-out change no master and lose nothing', async () => {
    const before = await core.usable()
    const keeper = await keeperPidOf(core.dir)
    const qlink = pidOf(before, 'qlink')
    for (const [id, frozen] of [
      [5, [qlink]],
      [6, [keeper, qlink]],
    ] as const) {
      for (const pid of frozen) process.kill(pid, 'SIGSTOP')
      const session = await core.sessionOn(before.topology?.master ?? 'none')
      let answered = false
      const writing = session.query(`INSERT INTO bench.luck VALUES (${id}, 'waits')`).then(() => {
        answered = true
      })
      // Longer than a master that hangs is looked on.
      await new Promise((resolve) => setTimeout(resolve, 6500))
      expect(answered).toBe(false)
      for (const pid of frozen) process.kill(pid, 'SIGCONT')
      await writing
      await session.close()
    }

    const { topology, epoch } = await core.usable()
    expect({ master: topology?.master, epoch }).toEqual({
      master: before.topology?.master,
      epoch: before.epoch,
    })
    const ids = await core.onMaster<{ id: number }>('SELECT id FROM bench.luck WHERE id IN (5, 6)')
    expect(ids).toHaveLength(2)
  })

  async function loseLog(): Promise<void> {
    const { stateDir } = await planOf(core.dir)
    const pid = pidOf(await statusOf(core.dir), 'qlink')
    await rm(join(statePaths(stateDir).component('qlink').data), { recursive: true })
    process.kill(pid, 'SIGKILL')
  }
})
