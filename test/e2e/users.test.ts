import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import { databaseAccounts } from '../../src/components/mysql/accounts-sql.js'
import { type CoreAtHand, startCore } from '../support/core-at-hand.js'
import { corelab } from '../support/corelab.js'
import { endpointsOf, untilStatus, workloadOn } from '../support/environment.js'

const customers = 2000

/** One core with a population, loaded while it serves. */
describe('a core with a population', () => {
  let core: CoreAtHand

  beforeAll(async () => {
    core = await startCore()
    const loaded = await core.run('users', 'load', '--count', `${customers}`, '--append', '--yes')
    expect(loaded.code, loaded.stderr).toBe(0)
  })
  afterAll(() => core?.dispose())

  /** The account of qlink writes on replicas too. */
  const sessionThatMayWrite = async (node: string) => {
    const endpoints = await endpointsOf(core.dir)
    const password = endpoints.secrets.database.qlink
    const target = { ...workloadOn(endpoints, node), user: databaseAccounts.qlink, password }
    return openConnection(target, { connectTimeoutMs: 5000 })
  }

  /** Nobody inserts or changes customers of the first sub-table there, replication neither, until it is closed. */
  const lockCustomersOn = async (node: string) => {
    const session = await sessionThatMayWrite(node)
    await session.query('BEGIN')
    await session.query('SELECT customer_id FROM cif.customer_00 FOR UPDATE')
    return session
  }

  /** A command of `users` that has to wait for whoever `holding` holds up; let go once it says so. */
  const untilWaited = async (args: readonly string[], holding: SqlConnection) => {
    let said = false
    const finished = await corelab(['users', ...args, '--plain', '--verbose'], {
      cwd: core.dir,
      onOutput: (soFar) => {
        if (said || !soFar.includes('db-3: everything')) return
        said = true
        holding.destroy()
      },
    })
    expect(said, finished.stdout + finished.stderr).toBe(true)
    return finished
  }

  const verify = async () => {
    const { code, stdout } = await core.run('users', 'verify')
    return { code, data: JSON.parse(stdout).data }
  }

  test('is proven on all four nodes, without being told which population it is', async () => {
    const { code, data } = await verify()

    expect({ code, valid: data.valid }, JSON.stringify(data.checks)).toEqual({ code: 0, valid: true })
    expect(data.population.customers).toBe(customers)
    expect(data.nodes.map(({ node, equal }: never) => [node, equal]).toSorted()).toEqual(
      ['db-1', 'db-2', 'db-3', 'db-4'].map((node) => [node, true]),
    )
  })

  test('a slave that still applies is waited for, by a load and by a verification', async () => {
    const holding = await lockCustomersOn('db-3')
    const grown = await untilWaited(['load', '--count', '2500', '--append', '--yes'], holding)
    expect(grown.code, grown.stderr).toBe(0)

    const [row] = await core.onMaster<{ customer_id: number; name: string }>(
      'SELECT customer_id, name FROM cif.customer_00 LIMIT 1',
    )
    const rename = async (name: string) => {
      const master = await sessionThatMayWrite(await core.master())
      await master.query('UPDATE cif.customer_00 SET name = ? WHERE customer_id = ?', [
        name,
        row?.customer_id ?? 0,
      ])
      await master.close()
    }
    await rename('X')
    await vi.waitFor(
      async () =>
        expect(await core.on('db-3', "SELECT 1 FROM cif.customer_00 WHERE name = 'X'")).toHaveLength(1),
      20_000,
    )
    const again = await lockCustomersOn('db-3')
    await rename(row?.name ?? '')
    const verified = await untilWaited(['verify'], again)

    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  })

  test('one byte that was changed behind its back on one slave is found, and where', async () => {
    const [row] = await core.on<{ le_code: string; customer_id: number; name: string }>(
      'db-3',
      'SELECT le_code, customer_id, name FROM cif.customer_11 ORDER BY customer_id LIMIT 1',
    )
    const where = `WHERE le_code = '${row?.le_code}' AND customer_id = ${row?.customer_id}`
    const session = await sessionThatMayWrite('db-3')
    await session.query('SET SESSION sql_log_bin = 0')
    await session.query(`UPDATE cif.customer_11 SET name = 'X' ${where}`)
    await session.close()

    const { code, data } = await verify()

    expect(code).toBe(1)
    expect(data.differences).toEqual([
      {
        node: 'db-3',
        table: 'cif.customer_11',
        entity: row?.le_code,
        key: `${row?.customer_id}`,
        kind: 'changed',
        column: 'name',
        expected: row?.name,
        found: 'X',
      },
    ])
  })

  test('a smaller population than the one that is there is not what was asked for', async () => {
    const { code, stdout } = await core.run('users', 'verify', '--count', '1999')

    expect(code).toBe(1)
    expect(JSON.parse(stdout).data.nodes.every(({ equal }: { equal: boolean }) => !equal)).toBe(true)
  })

  test('a node that does not serve is not passed over in silence', async () => {
    await core.signal('db-4', 'SIGSTOP')
    try {
      await untilStatus(core.dir, ({ topology }) =>
        Boolean(topology?.nodes.some(({ name, serving }) => name === 'db-4' && !serving)),
      )
      const { data } = await verify()

      expect(data.notCompared).toEqual(['db-4'])
    } finally {
      await core.signal('db-4', 'SIGCONT')
    }
  })
})
