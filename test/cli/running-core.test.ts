import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RouterMetrics } from '../../src/model/router-metrics.js'
import { packageRoot } from '../../src/project/package-root.js'
import { corelab, makeProject } from '../support/corelab.js'
import { screenAfter } from '../support/screen.js'
import { onTerminal } from '../support/terminal.js'
import { runInProcess } from './in-process.js'

const run = promisify(execFile)

/** One real core for all of these: what it says while it starts, and what can be asked of it then. */
let project: Awaited<ReturnType<typeof makeProject>>
let started: Awaited<ReturnType<typeof corelab>>
let dir = ''
beforeAll(async () => {
  project = await makeProject()
  dir = project.dir
  started = await corelab(['up', '--profile', 'tiny'], { cwd: dir })
})
afterAll(() => project.dispose())

test('off a terminal, up takes at most forty lines of 80 columns, and its answer is on stdout', () => {
  const lines = `${started.stderr}${started.stdout}`.trimEnd().split('\n')

  expect(started.code, started.stdout + started.stderr).toBe(0)
  expect(lines.length).toBeLessThanOrEqual(40)
  expect(started.stdout).toMatch(/^Environment default is usable: 8 components/)
  expect(started.stdout).toContain('Next\n')
  expect(Math.max(...started.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('no password is in the answer, the status, the plan or the logs', async () => {
  const secrets = await secretsOf(dir)
  const texts = await Promise.all(
    [
      ['up', '--json'],
      ['up', '--dry-run', '--json'],
      ['status', '--json'],
      ['logs', '--tail', '500'],
    ].map((argv) => corelab(argv, { cwd: dir })),
  )

  expect(secrets.length).toBeGreaterThan(20)
  for (const { stdout, stderr } of [started, ...texts]) {
    expect(secrets.filter((secret) => `${stdout}${stderr}`.includes(secret))).toEqual([])
  }
})

test('cluster reads switches who reads, the subsystems follow, and one sees where work went', async () => {
  const reads = async (...flags: string[]): Promise<ReadsData> => {
    const { stdout } = await corelab(['cluster', 'reads', '--json', ...flags], { cwd: dir })
    return JSON.parse(stdout).data
  }
  const anyOn = ({ metrics }: ReadsData, role: string) =>
    metrics.sent.filter((each) => each.mode === 'any' && each.role === role).length
  const before = await reads()
  expect(before).toMatchObject({ from: ['shadow', 'slaves'], readers: ['db-2', 'db-3', 'db-4'] })
  expect(anyOn(before, 'master')).toBe(0)

  expect(await reads('--from', 'master')).toMatchObject({ from: ['master'], readers: ['db-1'] })
  while (anyOn(await reads(), 'master') === 0) await fetch(`${subsystemsOf(started.stdout)}/health/ready`)

  const back = await corelab(['cluster', 'reads', '--from', 'shadow,slaves'], { cwd: dir })
  expect(back.stdout).toMatch(/^Reads go to shadow, slaves {3}\(epoch 1, master db-1\)$/m)
})

interface ReadsData {
  readonly metrics: RouterMetrics
}

function subsystemsOf(answerOfUp: string): string {
  return /subsystems +(http:\S+)/.exec(answerOfUp)?.[1] ?? ''
}

test('connect runs one statement and hands the client its exit status', async () => {
  const good = await corelab(['connect', 'master', '--', '-N', '-e', 'SELECT 6 * 7'], { cwd: dir })
  const bad = await corelab(['connect', 'master', '--', '-e', 'SELEKT'], { cwd: dir })
  const cache = await corelab(['connect', 'redis', '--', 'PING'], { cwd: dir })

  expect([good.code, good.stdout]).toEqual([0, '42\n'])
  expect(bad.code).toBe(4)
  expect(cache.stdout).toBe('PONG\n')
})

test('while a client runs, its password is in no command line', async () => {
  const secrets = await secretsOf(dir)
  const child = spawn(
    process.execPath,
    [join(packageRoot, 'bin', 'run.js'), 'connect', 'master', '--', '-N'],
    {
      cwd: dir,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const closed = new Promise((resolve) => child.once('close', resolve))
  const answered = new Promise((resolve) => child.stdout.once('data', resolve))
  child.stdin.write('SELECT 1; SELECT SLEEP(2);\n')

  await expect.poll(() => childCommandLine(child.pid ?? 0)).toContain('--user=corelab_workload')
  const commandLine = await childCommandLine(child.pid ?? 0)
  child.stdin.end()

  await Promise.all([answered, closed])
  expect(secrets.filter((secret) => commandLine.includes(secret))).toEqual([])
})

test('a shell can evaluate env and reach the core with it', async () => {
  const { stdout } = await corelab(['env', '--export'], { cwd: dir })
  const query =
    'mariadb --no-defaults -h "$CORELAB_SHADOW_HOST" -P "$CORELAB_SHADOW_PORT" -u "$CORELAB_DB_USER" -N -e "SELECT @@read_only"'

  const answer = await run('sh', ['-c', `${stdout}\nMYSQL_PWD="$CORELAB_DB_PASSWORD" ${query}`])

  expect(answer.stdout.trim()).toBe('1')
})

test('logs are those of the components that were named, merged by time', async () => {
  const { stdout } = await corelab(['logs', 'redis', 'db-3', '--json', '--tail', '40'], { cwd: dir })

  const lines: { component: string; at: string }[] = JSON.parse(stdout).data.lines
  expect(new Set(lines.map(({ component }) => component))).toEqual(new Set(['redis', 'db-3']))
  expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted())
})

test('the status on a terminal is a table of 80 columns with exit 0', async () => {
  const { code, output } = await onTerminal(['status'], { cwd: dir })

  const screen = screenAfter(output)
  expect(code).toBe(0)
  expect(screen[0]).toBe('Environment default: usable   (profile tiny, epoch 1)')
  expect(Math.max(...screen.map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('an unknown component is answered with the ones there are', async () => {
  const { code, stdout } = await runInProcess(['logs', 'reddis', '--json'], { cwd: dir })

  expect(code).toBe(2)
  expect(JSON.parse(stdout).error.code).toBe('COMPONENT_UNKNOWN')
})

/** Every generated password of the environment. */
async function secretsOf(projectDir: string): Promise<string[]> {
  const path = join(projectDir, '.corelab', 'default', 'secrets', 'secrets.json')
  const found: string[] = []
  JSON.parse(await readFile(path, 'utf8'), (_, value) => {
    if (typeof value === 'string' && !value.startsWith('corelab/')) found.push(value)
    return value
  })
  return found
}

async function childCommandLine(pid: number): Promise<string> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const child = children.trim().split(' ')[0]
  if (!child) return ''
  return (await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
}
