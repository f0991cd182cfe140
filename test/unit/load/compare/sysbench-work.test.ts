import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeSysbenchWork } from '../../../../src/load/compare/sysbench-work.js'
import type { LoadPlan } from '../../../../src/load/engine/load-plan.js'
import { type AccountReadParams, accountReadStatements } from '../../../../src/load/workloads/account-read.js'
import { temporaryDir } from '../../../support/temp-dir.js'

const dir = temporaryDir()
const target = { socketPath: '/run/db.sock', user: 'bench', password: 'secret' }
const params: AccountReadParams = {
  driver: 'wire',
  targets: [target],
  population: { seed: 5, customers: 1000, entities: 81, locale: 'zh', identity: 'safe' },
  access: { kind: 'uniform' },
  verifyOneIn: 64,
}
const plan: LoadPlan = {
  ...{ connections: 2, workers: 1, arrival: { loop: 'closed', thinkMs: 0 }, rampMs: 0, warmUpMs: 0 },
  ...{ durationMs: 1000, seed: 1, errorShareMax: null, lateMaxMs: null },
  workload: { name: 'account-read', params },
}

test('sysbench is given the very statements that our clients prepare, with a statement and its values per key', async () => {
  await writeSysbenchWork(plan, dir.path)
  const lines = async (name: string) => (await readFile(join(dir.path, name), 'utf8')).trimEnd().split('\n')

  expect(await lines('statements.sql')).toEqual(accountReadStatements.map(({ sql }) => sql))
  const keys = (await lines('keys.tsv')).map((line) => line.split('\t'))
  expect(keys).toHaveLength(1000)
  for (const [statement, entity, account] of keys) {
    expect(Number(statement)).toBeLessThanOrEqual(accountReadStatements.length)
    expect(entity).toMatch(/^E\d\d$/)
    expect(account).toMatch(/^\d+$/)
  }
})

test('a password is in a file of its own that nobody else can read, not on the command line', async () => {
  const args = await writeSysbenchWork(plan, dir.path)

  expect(args.join(' ')).not.toContain('secret')
  expect((await stat(join(dir.path, 'login.cnf'))).mode & 0o777).toBe(0o600)
})

test('a workload that sysbench cannot do is refused', async () => {
  const other = { ...plan, workload: { name: 'cache', params: {} } }
  await expect(writeSysbenchWork(other, dir.path)).rejects.toMatchObject({ code: 'PEER_UNSUITED' })
})
