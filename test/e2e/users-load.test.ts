import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { statePaths } from '../../src/sys/state-dir.js'
import { corelab, type Finished, makeProject } from '../support/corelab.js'
import { statusOf } from '../support/environment.js'

let project: Awaited<ReturnType<typeof makeProject>>

beforeEach(async () => {
  project = await makeProject()
  const up = await run('up', '--profile', 'tiny')
  expect(up.code, up.stdout).toBe(0)
})

afterEach(() => project.dispose())

const run = (...args: readonly string[]) => corelab([...args, '--json'], { cwd: project.dir })
const load = (count: number, ...flags: readonly string[]) =>
  run('users', 'load', '--count', String(count), '--yes', ...flags)

/** The load with its progress in plain lines, and `act` once when it says `words`. */
function loadUntil(words: string, act: (cli: { readonly pid: number }) => void): Promise<Finished> {
  let acted = false
  return corelab(['users', 'load', '--count', '20000', '--yes', '--plain', '--verbose'], {
    cwd: project.dir,
    onOutput: (soFar, cli) => {
      if (acted || !soFar.includes(words)) return
      acted = true
      act(cli)
    },
  })
}

const killCli = ({ pid }: { readonly pid: number }) => process.kill(pid, 'SIGKILL')
const componentsDir = () => join(project.dir, '.corelab', 'default', 'components')

function codeOf({ stdout }: Finished): string | undefined {
  return JSON.parse(stdout).error?.code
}

async function expectProven(): Promise<void> {
  const [users, cluster] = [await run('users', 'verify'), await run('cluster', 'verify')]
  expect(users.code, users.stdout).toBe(0)
  expect(cluster.code, cluster.stdout).toBe(0)
  const left = (await readdir(componentsDir(), { recursive: true })).filter((path) =>
    /load-window|before-load|\.loaded/.test(path),
  )
  expect(left).toEqual([])
}

test('a load whose command is killed in each of its phases goes on, and ends with every row on every node', async () => {
  for (const words of [
    'Stop the core',
    'Copy the data of',
    'into one node',
    'settings of every day',
    'Copy it for',
    'Compare every row',
    'Compare the copies',
  ]) {
    const killed = await loadUntil(words, killCli)
    expect(killed.code, words).toBe(null)

    expect((await statusOf(project.dir)).next.join(' '), words).toMatch(/users load.*--abandon/)
    const up = await run('up')
    expect([codeOf(up), up.code], words).toEqual(['LOAD_WINDOW_OPEN', 4])
  }
  expect(codeOf(await load(30_000))).toBe('LOAD_WINDOW_OPEN')

  const finished = await load(20_000)

  expect(finished.code, finished.stdout).toBe(0)
  await expectProven()
  const again = await load(20_000)
  expect(JSON.parse(again.stdout).data).toMatchObject({ way: 'none', rows: 0 })
}, 400_000)

test('a byte that changes in a copy before the start is found by the load itself, and the copy is made anew', async () => {
  await loadUntil('Compare the copies', killCli)
  const copy = join(componentsDir(), 'db-3', 'data.loaded')
  const table = join(copy, 'cif', 'customer_05.ibd')
  const bytes = await readFile(table)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] as number) ^ 1
  await writeFile(table, bytes)

  const found = await load(20_000)

  expect([found.code, codeOf(found)]).toEqual([1, 'VERIFY_FAILED'])
  expect(JSON.parse(found.stdout).error.message).toMatch(/db-3.*cif\/customer_05\.ibd: something in bytes/)
  const mended = await load(20_000)
  expect(JSON.parse(mended.stdout).data, mended.stdout).toMatchObject({
    way: 'offline',
    proof: { byRows: ['db-1'], byFiles: ['db-2', 'db-3', 'db-4'] },
  })
  await expectProven()
}, 300_000)

test('a server that is killed while it is filled fails the load at once, and the next one goes on', async () => {
  const failed = await loadUntil('into one node', () => void killWindowServer())
  expect([failed.code, failed.stderr]).toEqual([
    4,
    expect.stringMatching(/LOAD_FAILED|COMPONENT_START_FAILED/),
  ])

  const finished = await load(20_000)

  expect(finished.code, finished.stdout).toBe(0)
  await expectProven()
}, 300_000)

test('a load that is given up leaves the nodes as they were; others are refused with what is there', async () => {
  await loadUntil('into one node', killCli)

  const undone = await run('users', 'load', '--abandon')

  expect(JSON.parse(undone.stdout).data).toEqual({ undone: true })
  const up = await run('up')
  expect(up.code, up.stdout).toBe(0)
  expect((await run('cluster', 'verify')).code).toBe(0)
  expect(codeOf(await run('users', 'load', '--abandon'))).toBe('ENV_NOT_RUNNING')

  const small = await load(3000)
  expect(JSON.parse(small.stdout).data.proof, small.stdout).toMatchObject({ byRows: ['db-1'] })
  const grown = await load(5000)
  expect(JSON.parse(grown.stdout).data).toMatchObject({ way: 'replicated', customers: 5000, proof: null })
  await expectProven()
  expect(codeOf(await load(5000, '--seed', '2'))).toBe('POPULATION_DIFFERS')
  expect(codeOf(await load(4000))).toBe('POPULATION_DIFFERS')

  const huge = await load(500_000_000)
  expect(codeOf(huge)).toBe('DISK_TOO_SMALL')
  expect(JSON.parse(huge.stdout).error.fix[0]).toMatch(/^corelab users load --count \d+$/)
}, 400_000)

/** As soon as it has written who it is. */
async function killWindowServer(): Promise<void> {
  const pidFile = join(
    statePaths(join(project.dir, '.corelab', 'default')).component('load-window').run,
    'server.pid',
  )
  for (;;) {
    const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'))
    if (pid > 0) return void process.kill(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
