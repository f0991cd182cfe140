import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { databaseAccounts } from '../../src/components/mysql/accounts-sql.js'
import type { BenchResult } from '../../src/model/bench-result.js'
import { type CoreAtHand, startCore } from '../support/core-at-hand.js'
import { corelab } from '../support/corelab.js'
import { endpointsOf, pidOf, statusOf, workloadOn } from '../support/environment.js'

let core: CoreAtHand

beforeAll(async () => {
  core = await startCore()
  const loaded = await core.run('users', 'load', '--count', '2000', '--yes')
  if (loaded.code !== 0) throw new Error(loaded.stdout)
})
afterAll(() => core.dispose())

const short = ['-c', '8', '--warm-up', '200ms', '--duration', '2s']

/** The answer, which is also what was saved. */
async function measure(...args: readonly string[]) {
  const { code, stdout } = await core.run('bench', 'run', ...args, ...short)
  const { data, error } = JSON.parse(stdout)
  return { code, error, data, result: data && (await savedResult(data.resultFile)) }
}

async function savedResult(file: string): Promise<BenchResult> {
  return JSON.parse(await readFile(file, 'utf8'))
}

/** Writes on a replica that no log tells of: only the account of qlink may. */
async function behindItsBack(node: string, ...statements: readonly string[]): Promise<void> {
  const endpoints = await endpointsOf(core.dir)
  const password = endpoints.secrets.database.qlink
  const target = { ...workloadOn(endpoints, node), user: databaseAccounts.qlink, password }
  const session = await openConnection(target, { connectTimeoutMs: 5000 })
  try {
    for (const sql of ['SET SESSION sql_log_bin = 0', ...statements]) await session.query(sql)
  } finally {
    await session.close()
  }
}

test('reads, writes and both are figures, booked by process and free of secrets', async () => {
  const secrets = await readFile(join(core.dir, '.corelab', 'default', 'secrets', 'secrets.json'), 'utf8')
  for (const [name, writer] of [
    ['db-read', null],
    ['db-write', 'db-1'],
    ['db-mixed', 'db-1'],
  ] as const) {
    const { code, result } = await measure(name)

    expect(result?.notAFigure).toBeNull()
    expect(code).toBe(0)
    const booked = new Map(result.attribution.processes.map((each: { name: string }) => [each.name, each]))
    for (const process of ['client', 'db-1', 'db-2', 'db-3', 'db-4', 'qlink', 'others'])
      expect(booked.has(process), process).toBe(true)
    if (writer) expect(result.attribution.fsyncsPerOperation).toBeGreaterThan(0)
    expect(result.settings.durability).toContain(writer ? 'semi-sync AFTER_SYNC' : 'no semi-sync')
    expect(result.command).toContain(`corelab bench run ${name} --connections 8`)
    const { workload } = JSON.parse(secrets).database
    expect(JSON.stringify(result)).not.toContain(workload)
  }
})

test('a replica that differs leaves no figure of writes', async () => {
  await behindItsBack('db-4', "INSERT INTO bench.kv VALUES (1000000, 1, '')")
  try {
    const { code, result } = await measure('db-write')

    expect(code).toBe(1)
    expect(result.figure).toBeNull()
    expect(result.notAFigure).toMatch(/^replicas show the same: db-4 shows /)
  } finally {
    await behindItsBack('db-4', 'DELETE FROM bench.kv WHERE id = 1000000')
  }
})

test('an answer with somebody else’s row leaves no figure of reads', async () => {
  const tables = Array.from(
    { length: 16 },
    (_, index) => `act.settlement_account_${String(index).padStart(2, '0')}`,
  )
  const shift = (by: string) => tables.map((table) => `UPDATE ${table} SET customer_id = customer_id ${by}`)
  await behindItsBack('db-3', ...shift('+ 1'))
  try {
    const { code, result } = await measure('db-read', '--set', 'node=slave-1')

    expect(code).toBe(1)
    expect(result.notAFigure).toMatch(/^rows that were decoded are the ones asked for: /)
  } finally {
    await behindItsBack('db-3', ...shift('- 1'))
  }
})

/** A run in plain lines that is saved in `folder`, and `act` once when its load is under way. */
async function whileRunning(
  folder: string,
  argv: readonly string[],
  act: (cli: { kill(signal: NodeJS.Signals): void }) => void,
) {
  let acted = false
  const flags = ['-c', '8', '--warm-up', '200ms', '--plain', '--verbose', '--report', folder]
  const { code, stdout } = await corelab(['bench', 'run', ...argv, ...flags], {
    cwd: core.dir,
    onOutput: (soFar, cli) => {
      if (acted || !/bench\.run .*of \d+ seconds/.test(soFar)) return
      acted = true
      act(cli)
    },
  })
  return { code, stdout, result: await savedResult(join(core.dir, folder, 'result.json')) }
}

test('Ctrl+C in the middle saves what was seen, and says that it is no figure', async () => {
  const { code, stdout, result } = await whileRunning('cancelled', ['db-mixed', '--duration', '5m'], (cli) =>
    cli.kill('SIGINT'),
  )

  expect(code).toBe(130)
  expect(stdout).toMatch(/^NO FIGURE {2}db-mixed/)
  expect(result).toMatchObject({ figure: null, load: { ended: 'cancelled' } })
  expect(result.checks.filter(({ valid }) => !valid)).toEqual([])
})

test('a reader that dies in the middle costs errors, not the run', async () => {
  const argv = ['db-read', '--workers', '2', '--duration', '12s', '--errors-max', '90']
  const pid = pidOf(await statusOf(core.dir), 'db-4')
  const { code, result } = await whileRunning('dead', argv, () => void process.kill(pid, 'SIGKILL'))
  await core.usable()

  expect(result.notAFigure).toBeNull()
  expect(code).toBe(0)
  expect(result.load.ended).toBe('time')
  expect(Object.keys(result.load.classes[0]?.errors ?? {})).toContain('DATABASE_UNREACHABLE')
})
