import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { corelab, makeProject } from '../support/corelab.js'
import { keeperPidOf, statusOf } from '../support/environment.js'
import { tracesOf } from '../support/leaks.js'

type Project = Awaited<ReturnType<typeof makeProject>>

const projects: Project[] = []

async function project(subfolder?: string): Promise<Project> {
  const made = await makeProject(subfolder)
  projects.push(made)
  return made
}

afterEach(async () => {
  for (const each of projects.splice(0)) await each.dispose()
})

const up = ['up', '--profile', 'tiny', '--json']

describe('a server that dies while it starts', () => {
  test('is shown with its own last log lines, and everything started before it is stopped again', async () => {
    const { dir } = await project()
    await appendFile(join(dir, 'config', 'mysql', 'extra.cnf'), '\nno_such_option = 1\n')

    const failed = await corelab(up, { cwd: dir })

    expect(failed.code).toBe(4)
    const { error } = JSON.parse(failed.stdout)
    expect(error.code).toBe('COMPONENT_START_FAILED')
    expect(error.message).toMatch(/db-\d stopped while it was starting/)
    expect(error.detail).toContain("unknown variable 'no_such_option=1'")
    expect(error.fix.length).toBeGreaterThan(0)
    expect(await serversUnder(dir)).toEqual([])
  })
})

describe('Ctrl+C', () => {
  test('during up stops what was started, exits 130, and the next up works', async () => {
    const { dir } = await project()
    let sent = false

    const cancelled = await corelab(['up', '--profile', 'tiny', '--plain'], {
      cwd: dir,
      onOutput: (soFar, child) => {
        if (sent || !/db-1.*(starting|ready)/.test(soFar)) return
        sent = true
        child.kill('SIGINT')
      },
    })

    expect(cancelled.code, cancelled.stdout + cancelled.stderr).toBe(130)
    expect(await serversUnder(dir)).toEqual([])
    const again = await corelab(up, { cwd: dir })
    expect(again.code, again.stdout + again.stderr).toBe(0)
  })
})

describe('kill -9 of the command itself', () => {
  test('leaves a core that goes on starting, and the next up joins it', async () => {
    const { dir } = await project()
    let sent = false
    await corelab(['up', '--profile', 'tiny', '--plain'], {
      cwd: dir,
      onOutput: (soFar, child) => {
        if (sent || !/db-1.*(starting|ready)/.test(soFar)) return
        sent = true
        child.kill('SIGKILL')
      },
    })
    const keeper = await keeperPidOf(dir)

    const joined = await corelab(up, { cwd: dir })

    expect(joined.code, joined.stdout + joined.stderr).toBe(0)
    expect(await keeperPidOf(dir)).toBe(keeper)
  })
})

test('two ups at once: one starts, the other waits, both succeed with one core', async () => {
  const { dir } = await project()

  const [first, second] = await Promise.all([corelab(up, { cwd: dir }), corelab(up, { cwd: dir })])

  expect([first.code, second.code], first.stderr + second.stderr).toEqual([0, 0])
  const already = [first, second].map((each) => JSON.parse(each.stdout).data.alreadyRunning)
  expect(already.sort()).toEqual([false, true])
})

test('two environments of one project run side by side', async () => {
  const { dir } = await project()

  const [one, two] = [
    await corelab(up, { cwd: dir }),
    await corelab([...up, '--env', 'second'], { cwd: dir }),
  ]

  expect([one.code, two.code], one.stderr + two.stderr).toEqual([0, 0])
  const endpoints = async (env: string) =>
    // A unix socket is named within the environment's own folder.
    (await statusOf(dir, env)).components
      .map(({ endpoint }) => endpoint)
      .filter((endpoint) => !endpoint.startsWith('unix:'))
  const all = [...(await endpoints('default')), ...(await endpoints('second'))]
  expect(new Set(all).size).toBe(all.length)
  await corelab(['down', '--volumes', '--yes', '--env', 'second'], { cwd: dir })
})

test('a folder with spaces and letters of other languages, so deep that a socket path would overflow', async () => {
  const { dir } = await project(join('Übung 银行 core', 'x'.repeat(80), 'y'.repeat(60), 'bank no 1'))

  const result = await corelab(up, { cwd: dir })

  expect(result.code, result.stdout + result.stderr).toBe(0)
  expect((await statusOf(dir)).state).toBe('usable')
})

test('a busy port that was asked for is refused, and the holder is named', async () => {
  const { dir } = await project()
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const address = holder.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const refused = await corelab([...up, '--port-base', String(port - 1)], { cwd: dir })
  holder.close()

  expect(refused.code).toBe(3)
  const { error } = JSON.parse(refused.stdout)
  expect(error.code).toBe('PORT_IN_USE')
  expect(error.message).toContain(String(port))
  expect(error.detail).toContain(`process ${process.pid}`)
  expect(await serversUnder(dir)).toEqual([])
})

test('a damaged state file is named, and down --volumes is the way out', async () => {
  const { dir } = await project()
  const state = join(dir, '.corelab', 'default')
  await mkdir(state, { recursive: true })
  await writeFile(join(state, 'env.json'), '{ half')

  const refused = await corelab(up, { cwd: dir })

  expect(refused.code).toBe(4)
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'FILE_DAMAGED' })
  expect((await corelab(['down', '--volumes', '--yes'], { cwd: dir })).code).toBe(0)
  expect(await readdir(join(dir, '.corelab'))).not.toContain('default')
})

test('no password stands on a command line or in a log', async () => {
  const { dir } = await project()
  expect((await corelab(up, { cwd: dir })).code).toBe(0)
  const state = join(dir, '.corelab', 'default')
  const secrets = JSON.parse(await readFile(join(state, 'secrets', 'secrets.json'), 'utf8'))
  const passwords = [
    ...Object.values({ ...secrets.database, subsystems: null }),
    ...Object.values(secrets.database.subsystems),
    secrets.redis,
    secrets.rabbitmq,
  ].filter((each): each is string => typeof each === 'string')
  expect(passwords.length).toBeGreaterThan(25)

  const commandLines = (await serversUnder(dir)).join('\n')
  const logs = await logTexts(state)

  for (const password of passwords) {
    expect(commandLines).not.toContain(password)
    expect(logs).not.toContain(password)
  }
})

/** The command lines of everything that runs because of a project. */
async function serversUnder(dir: string): Promise<string[]> {
  return (await tracesOf({ dirs: [dir] })).filter((line) => line.startsWith('process '))
}

async function logTexts(state: string): Promise<string> {
  const entries = await readdir(state, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /\.(log|jsonl)$/.test(entry.name))
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))
  return texts.join('\n')
}
