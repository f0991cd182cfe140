import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { databaseAccounts } from '../../src/components/mysql/accounts-sql.js'
import { type CoreAtHand, startCore } from '../support/core-at-hand.js'
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
