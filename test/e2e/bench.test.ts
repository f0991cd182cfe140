import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '../../src/clients/mysql/connection.js'
import { databaseAccounts } from '../../src/components/mysql/accounts-sql.js'
import type { BenchResult } from '../../src/model/bench-result.js'
import { packageRoot } from '../../src/project/package-root.js'
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

test('SIGKILL in the middle leaves what was seen, for the next run to save, which is a figure', async () => {
  const shelf = join(core.dir, '.corelab', 'default', 'reports', 'bench')
  const updates = async () => {
    const [row] = await core.onMaster<{ sum: number }>('SELECT SUM(value) AS sum FROM bench.kv')
    return Number(row?.sum)
  }
  const left = () => leftIn(join(shelf, 'under-way'))
  await measure('db-write')
  const before = await updates()
  const flags = ['db-write', '--duration', '5m', '-c', '8', '--warm-up', '200ms', '--plain']
  let watch: NodeJS.Timeout | null = null
  const { stdout } = await corelab(['bench', 'run', ...flags], {
    cwd: core.dir,
    onOutput: (_, cli) => {
      // Until it has written down something of its window.
      watch ??= setInterval(() => {
        if ((left()?.load.classes[0]?.ok ?? 0) > 0) cli.kill('SIGKILL')
      }, 20)
    },
  }).finally(() => clearInterval(watch ?? undefined))
  expect(stdout).toBe('')
  const written = left()

  const { code, stdout: next } = await core.run('bench', 'run', 'db-write', ...short)
  const executed = (await updates()) - before
  const { data, warnings } = JSON.parse(next)
  const [warning] = warnings.filter((each: { code: string }) => each.code === 'RUN_CRASHED')
  const dir = join(shelf, String(written?.id))
  const result = await savedResult(join(dir, 'result.json'))

  expect(code).toBe(0)
  expect(data.figure.perSecond).toBeGreaterThan(0)
  expect(warning.message).toContain(dir)
  expect(result).toEqual(written)
  expect(result).toMatchObject({ figure: null, load: { ended: 'crashed' }, checks: [] })
  expect(result.notAFigure).toMatch(/^the command died without a word after .* of 5 m 0 s: killed/)
  const ofNext = (await savedResult(data.resultFile)).load.total.ok
  expect(result.load.total.ok).toBeGreaterThan(0)
  expect(result.load.total.ok).toBeLessThanOrEqual(executed - ofNext)
  expect(result.load.latency.count).toBe(result.load.classes[0]?.ok)
  expect(await readdir(dir)).toEqual(['report.html', 'result.json'])
  expect(await readdir(shelf)).not.toContain('under-way')
})

/** The result of the run under way, of which there is one. */
function leftIn(folder: string): BenchResult | null {
  try {
    const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.json'))
    return JSON.parse(readFileSync(join(folder, name), 'utf8'))
  } catch {
    return null
  }
}

test('three runs of a comparison in one call, each saved, and how far they lie apart', async () => {
  const blocks = ['-c', '4', '--rounds', '2', '--warm-up', '100ms', '--duration', '300ms', '--runs', '3']
  const { code, stdout } = await core.run('bench', 'compare', 'db-read', 'db-read', ...blocks)
  const { data } = JSON.parse(stdout)

  expect([0, 1, 5]).toContain(code)
  expect(data.notAComparison).toBeNull()
  const [rate] = data.ratios
  expect(rate).toMatchObject({ measure: 'perSecond', betweenRuns: { runs: 3 } })
  expect(data.runs).toHaveLength(3)
  const rates = data.runs.map((run: { ratios: typeof data.ratios }) => run.ratios[0].withinRun.estimate)
  expect(rate.betweenRuns.min).toBeCloseTo(Math.min(...rates), 9)
  for (const { dir } of data.runs) expect(await readdir(dir)).toEqual(['comparison.json', 'report.html'])
  const saved = JSON.parse(await readFile(join(data.runs[0].dir, 'comparison.json'), 'utf8'))
  expect(saved).toMatchObject({ id: data.runs[0].id, command: expect.stringContaining('--runs 3') })
})

test('more clients than the servers take are refused, with the number that fits, and that fits', async () => {
  const { code, stdout } = await core.run('bench', 'run', 'db-read', '-c', '2000')
  const { error } = JSON.parse(stdout)
  const [fewer = '', larger] = error.fix
  const fitting = await measureAs('db-read', ...fewer.split(' '))

  expect(code).toBe(2)
  expect(error.code).toBe('BENCH_NEEDS')
  expect(error.message).toMatch(/^db-2 takes \d+ more connections, and the run needs 667 there$/)
  expect(error.detail).toBe(
    'Its limit (max_connections) is 100. This is profile tiny; full allows 5,000 on each node.',
  )
  expect(larger).toBe('corelab up -e bench --profile full')
  expect(Number(fewer.replace('-c ', ''))).toBeGreaterThan(100)
  expect(fitting).toMatchObject({ code: 0, data: { notAFigure: null } })
})

test('more clients than this process may have files are refused, with the number that fits, and that fits', async () => {
  const limited = (...args: readonly string[]) =>
    underLimit(200, ['bench', 'run', 'db-read', ...args, '--warm-up', '200ms', '--duration', '1s', '--json'])
  const { code, stdout } = await limited('-c', '150')
  const { error } = JSON.parse(stdout)
  const [raise, fewer = ''] = error.fix
  const fitting = await limited(...fewer.split(' '))

  expect(code).toBe(2)
  expect(error.code).toBe('BENCH_NEEDS')
  expect(error.message).toMatch(
    /^150 connections are as many open files, and this process may open \d+ more$/,
  )
  expect(error.detail).toContain('Its limit is 200 (ulimit -Hn)')
  expect(raise).toBe('ulimit -n 1024')
  expect(Number(fewer.replace('-c ', ''))).toBeGreaterThan(50)
  expect(JSON.parse(fitting.stdout).data).toMatchObject({ notAFigure: null })
})

async function measureAs(...args: readonly string[]) {
  const { code, stdout } = await core.run('bench', 'run', ...args, '--warm-up', '200ms', '--duration', '1s')
  return { code, ...JSON.parse(stdout) }
}

/** corelab in a shell that lets it open so many files only. */
function underLimit(files: number, argv: readonly string[]): Promise<{ code: number; stdout: string }> {
  const own = [process.execPath, join(packageRoot, 'bin', 'run.js'), ...argv]
  return new Promise((resolve) => {
    const script = `ulimit -n ${files} && exec "$@"`
    execFile('sh', ['-c', script, 'sh', ...own], { cwd: core.dir, maxBuffer: 1 << 26 }, (error, stdout) => {
      resolve({ code: Number(error?.code ?? 0), stdout })
    })
  })
}

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

test.each(['transfer', 'customer', 'flash-sale'])(
  'a failover while %s runs leaves effects that hold, and no figure',
  async (scenario) => {
    const { topology, components } = await statusOf(core.dir)
    const pid = components.find(({ name }) => name === topology?.master)?.pid ?? 0
    const argv = [scenario, '--workers', '1', '--duration', '8s', '--errors-max', '90']
    const { code, result } = await whileRunning(scenario, argv, () => void process.kill(pid, 'SIGKILL'))
    await core.usable()

    const master = (await statusOf(core.dir)).topology?.master
    expect(result.checks.filter(({ valid }) => !valid)).toEqual([
      {
        name: 'one master throughout',
        valid: false,
        summary: expect.stringMatching(`^${topology?.master} was master .* and ${master} is now`),
      },
    ])
    expect([code, result.figure, result.load.ended]).toEqual([1, null, 'time'])
  },
)
