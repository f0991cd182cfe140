import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { type CoreAtHand, startCore } from '../support/core-at-hand.js'
import { endpointsOf, untilStatus, workloadOn } from '../support/environment.js'

/** One core, whose servers somebody lays hands on behind its back; each time it ends in a clear state. */
describe('a core whose servers are tampered with', () => {
  let core: CoreAtHand

  beforeAll(async () => {
    core = await startCore()
    await core.onMaster('CREATE TABLE bench.kept (id INT PRIMARY KEY, v LONGBLOB)')
  })
  afterAll(() => core?.dispose())

  const keep = (...ids: readonly number[]) => ids.map((id) => `INSERT INTO bench.kept VALUES (${id}, 'kept')`)

  /** Exactly these were kept, and every node is the same. */
  async function expectKept(...ids: readonly number[]): Promise<void> {
    const rows = await core.onMaster<{ id: number }>('SELECT id FROM bench.kept ORDER BY id')
    expect(rows.map(({ id }) => id)).toEqual(ids)
    const verified = await core.run('cluster', 'verify')
    expect(verified.code, verified.stdout).toBe(0)
  }

  test('with another server id, a gap in its GTIDs and a clock that is hours off, a master that dies loses nothing', async () => {
    const old = await core.master()
    await core.asKeeperOn(old, 'SET GLOBAL server_id = 4711')
    await core.asKeeperOn(old, 'SET SESSION gtid_seq_no = 100000', 'CREATE TABLE corelab.gap (id INT)')
    await core.onMaster(
      'SET TIMESTAMP = UNIX_TIMESTAMP() + 3600',
      ...keep(1),
      'SET TIMESTAMP = UNIX_TIMESTAMP() - 7200',
      ...keep(2),
    )
    await core.signal(old, 'SIGKILL')
    await untilStatus(core.dir, ({ topology }) => topology?.master !== null && topology?.master !== old)

    await core.onMaster(...keep(3))
    await core.usable()
    await expectKept(1, 2, 3)
  })

  test('binlogs purged while qlink and a slave are down are missed by nobody', async () => {
    const { topology } = await core.usable()
    const master = await core.master()
    const slave = topology?.nodes.find(({ role }) => role === 'slave-1')?.name ?? 'none'
    await core.signal('qlink', 'SIGKILL')
    await core.signal(slave, 'SIGKILL')
    await core.asKeeperOn(
      master,
      'FLUSH BINARY LOGS',
      'FLUSH BINARY LOGS',
      'PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY',
    )
    await core.onMaster(...keep(4))
    await core.usable()

    expect(await core.master()).toBe(master)
    await expectKept(1, 2, 3, 4)
  })

  test('a master whose binlogs are reset is followed no more, and the status names the command that makes it anew', async () => {
    const old = await core.master()
    await core.asKeeperOn(old, 'RESET MASTER')
    // Nobody is told OK for it: it may be there or not.
    await core.onMaster(...keep(5)).catch(() => null)
    const status = await untilStatus(
      core.dir,
      ({ topology, next }) => topology?.master !== old && next.some((each) => each.includes(old)),
    )
    const reclone = `corelab cluster rejoin ${old} --mode reclone`
    expect(status.next).toContain(reclone)

    const rejoined = await core.run(...reclone.split(' ').slice(1))
    expect(rejoined.code, rejoined.stdout).toBe(0)
    await core.usable()
    await core.onMaster('DELETE FROM bench.kept WHERE id = 5', ...keep(6))
    await expectKept(1, 2, 3, 4, 6)
  })

  test('a transaction of 500 MB is no hang: no master changes, and it is whole on every node', async () => {
    const before = await core.usable()
    await core.onMaster(
      'BEGIN',
      'INSERT INTO bench.kept SELECT seq, REPEAT(CHAR(65 + seq % 26), 10000000) FROM bench.seq_11_to_60',
      'COMMIT',
    )
    await expectKept(1, 2, 3, 4, 6, ...Array.from({ length: 50 }, (_, index) => 11 + index))

    const { topology, epoch } = await core.usable()
    expect({ master: topology?.master, epoch }).toEqual({
      master: before.topology?.master,
      epoch: before.epoch,
    })
    await core.onMaster('DELETE FROM bench.kept WHERE id > 6')
  })

  test('passwords are changed between down and up, and the old ones are of no use any more', async () => {
    const early = await core.run('up', '--new-secrets')
    expect(JSON.parse(early.stdout).error).toMatchObject({
      code: 'USAGE',
      fix: ['corelab down', 'corelab up --new-secrets'],
    })
    const before = await endpointsOf(core.dir)
    expect((await core.run('down')).code).toBe(0)

    const up = await core.run('up', '--new-secrets')

    expect(up.code, up.stdout).toBe(0)
    const { secrets } = await endpointsOf(core.dir)
    expect(secrets.database).not.toEqual(before.secrets.database)
    await core.onMaster(...keep(7))
    await expectKept(1, 2, 3, 4, 6, 7)
    const withOld = openConnection(workloadOn(before, await core.master()), { connectTimeoutMs: 5000 })
    await expect(withOld).rejects.toThrow('Access denied')
  })
})
