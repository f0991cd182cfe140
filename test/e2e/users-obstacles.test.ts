import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { statePaths } from '../../src/sys/state-dir.js'
import { type CoreAtHand, startCore } from '../support/core-at-hand.js'
import { corelab, type Finished } from '../support/corelab.js'
import { statusOf, untilStatus } from '../support/environment.js'

/** One core, and what may stand in the way of a load. The tests go on from one another. */
describe('a core that cannot be loaded as it is', () => {
  let core: CoreAtHand

  beforeAll(async () => {
    core = await startCore()
  })
  afterAll(() => core?.dispose())

  const load = (count: number, ...flags: readonly string[]) =>
    core.run('users', 'load', '--count', String(count), '--yes', ...flags)
  const errorOf = ({ stdout }: Finished) => JSON.parse(stdout).error

  /** Statements as the account of the schemas, on the master. */
  const alter = async (sql: string) => {
    const done = await corelab(['connect', 'master', '--as', 'schema', '--', '-e', sql], { cwd: core.dir })
    expect(done.code, done.stderr).toBe(0)
  }

  const untilServing = (node: string, serving: boolean) =>
    untilStatus(core.dir, ({ topology }) =>
      Boolean(topology?.nodes.some((each) => each.name === node && each.serving === serving)),
    )

  const expectProven = async () => {
    const verified = await core.run('users', 'verify')
    expect(verified.code, verified.stdout).toBe(0)
  }

  test.each([
    ['ALTER TABLE cif.customer_07 DROP COLUMN address', 'cif.customer_07 has no column address'],
    ['ALTER TABLE cif.contact_00 MODIFY value VARCHAR(3)', 'cif.contact_00.value is varchar(3)'],
    ['DROP TABLE acc.opening_voucher_line', 'acc.opening_voucher_line is not there'],
    ['ALTER TABLE iam.login_user_15 ADD COLUMN token CHAR(8) NOT NULL', 'column token'],
    ['ALTER TABLE act.settlement_account_02 DROP PRIMARY KEY', 'has no primary key'],
    ['ALTER TABLE cif.route_mobile_09 ADD UNIQUE KEY one_each (le_code, mobile)', 'unique key one_each'],
  ])('a table that was altered is found before anything is stopped: %s', async (change, words) => {
    const before = await statusOf(core.dir)
    await alter(change)

    for (const flag of ['--dry-run', '--append', '--force']) {
      const refused = await load(3000, flag)
      expect([refused.code, errorOf(refused)], flag).toEqual([
        3,
        expect.objectContaining({ code: 'SCHEMA_ALTERED', message: expect.stringContaining(words) }),
      ])
    }

    const after = await statusOf(core.dir)
    expect(after.state).toBe('usable')
    expect(after.components.map(({ pid }) => pid)).toEqual(before.components.map(({ pid }) => pid))
    const [mend] = errorOf(await load(3000, '--dry-run')).fix
    await alter(/-e "(.*)"$/.exec(mend)?.[1] ?? 'no statement')
    expect((await load(3000, '--dry-run')).code).toBe(0)
  })

  test('a node that is down is named and nothing is loaded, but with --force', async () => {
    await core.signal('db-3', 'SIGSTOP')
    await untilServing('db-3', false)

    const refused = await load(3000)
    expect([refused.code, errorOf(refused).code]).toEqual([4, 'LOAD_FAILED'])
    expect(errorOf(refused).detail).toMatch(/db-3/)
    expect(errorOf(refused).fix).toContain('corelab users load --force')
    const nobody = await core.onMaster('SELECT customer_id FROM cif.customer_00 LIMIT 1')
    expect(nobody).toEqual([])

    // The folder of another one cannot be written when its copy is to be made.
    const paths = statePaths(join(core.dir, '.corelab', 'default'))
    const { dir } = paths.component('db-4')
    let failed: Finished | null = null
    let away: Promise<void> | null = null
    const takeAway = async () => {
      await rename(dir, `${dir}.away`)
      await writeFile(dir, '')
    }
    failed = await corelab(['users', 'load', '--count', '3000', '--yes', '--force', '--plain', '--verbose'], {
      cwd: core.dir,
      onOutput: (soFar) => {
        if (soFar.includes('into one node')) away ??= takeAway()
      },
    })
    await away
    expect([failed.code, failed.stderr]).toEqual([4, expect.stringMatching(/LOAD_FAILED/)])
    expect(failed.stderr).toMatch(/db-4/)
    await rm(dir)
    await rename(`${dir}.away`, dir)

    const doctor = JSON.parse((await core.run('doctor')).stdout).data
    expect(doctor.findings).toContainEqual(
      expect.objectContaining({
        id: 'load-window',
        status: 'fail',
        code: 'LOAD_WINDOW_OPEN',
        cause: expect.stringContaining('phase: copying'),
        fix: [expect.stringMatching(/users load --count 3000/), 'corelab users load --abandon'],
      }),
    )

    const finished = await load(3000)
    expect(finished.code, finished.stdout).toBe(0)
    await expectProven()
  }, 240_000)

  test('a slave that stops while more are loaded by replication is named, and has them when it is back', async () => {
    let stopping: Promise<void> | null = null
    const failed = await corelab(
      ['users', 'load', '--count', '40000', '--append', '--yes', '--plain', '--verbose'],
      {
        cwd: core.dir,
        onOutput: (soFar) => {
          if (/customers with their accounts/.test(soFar)) stopping ??= core.signal('db-4', 'SIGSTOP')
        },
      },
    )
    await stopping
    expect([failed.code, failed.stderr]).toEqual([
      4,
      expect.stringMatching(/LOAD_FAILED|All rows are on the master/),
    ])
    expect(failed.stderr).toMatch(/db-4 does not serve/)

    const forced = await load(40_000, '--force')
    expect(JSON.parse(forced.stdout).data, forced.stdout).toMatchObject({ way: 'none', customers: 40_000 })
    await core.signal('db-4', 'SIGCONT')
    await core.usable()

    const again = await load(40_000)
    expect(JSON.parse(again.stdout).data, again.stdout).toMatchObject({ way: 'none' })
    await expectProven()
  }, 240_000)
})
