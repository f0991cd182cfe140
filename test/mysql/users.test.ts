import { afterAll, beforeAll, expect, test } from 'vitest'
import { corelab } from '../support/corelab.js'
import { type MysqlCore, startMysqlCore } from './mysql-core.js'

let core: MysqlCore

beforeAll(async () => {
  core = await startMysqlCore()
}, 300_000)
afterAll(() => core?.dispose())

async function run(...args: readonly string[]) {
  const { code, stdout, stderr } = await corelab([...args, '--json'], { cwd: core.dir })
  return { code, data: JSON.parse(stdout).data, said: stdout + stderr }
}

async function expectProven(): Promise<void> {
  const users = await run('users', 'verify')
  expect(users.code, users.said).toBe(0)
  expect(users.data.nodes).toHaveLength(4)
  const cluster = await run('cluster', 'verify')
  expect(cluster.code, cluster.said).toBe(0)
}

test('a population is loaded into an empty core offline, and is on all four nodes', async () => {
  const loaded = await run('users', 'load', '--count', '3000', '--yes')

  expect(loaded.code, loaded.said).toBe(0)
  expect(loaded.data).toMatchObject({ way: 'offline', customers: 3000, state: 'usable' })
  expect(loaded.data.proof.byFiles).toHaveLength(3)
  await expectProven()
}, 300_000)

test('more of it come by replication, while the core serves', async () => {
  const grown = await run('users', 'load', '--count', '4000', '--append', '--yes')

  expect(grown.code, grown.said).toBe(0)
  expect(grown.data).toMatchObject({ way: 'replicated', customers: 4000 })
  await expectProven()
}, 300_000)

test('an altered table is found before anything is stopped', async () => {
  const { master } = await core.topology()
  const sql = 'ALTER TABLE cif.contact_03 DROP COLUMN value'
  const altered = await corelab(['connect', `${master}`, '--as', 'schema', '--', '-e', sql], {
    cwd: core.dir,
  })
  expect(altered.code, altered.stderr).toBe(0)

  const refused = await run('users', 'load', '--count', '5000', '--yes')

  expect([refused.code, refused.said]).toEqual([
    3,
    expect.stringMatching(/cif\.contact_03 has no column value/),
  ])
}, 300_000)
