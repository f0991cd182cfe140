import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import { sessionOf, startedBelow, startedIn } from '../../../src/sys/leftovers.js'
import { listProcesses, readProcStat } from '../../../src/sys/proc-stat.js'
import {
  endProcess,
  exitOfStranger,
  isAlive,
  killProcesses,
  memoryBytesOf,
  type SpawnedProcess,
  spawnDetached,
  startTicksOf,
} from '../../../src/sys/processes.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()

/** A shell command as a process of its own, ended with everything it started when the work is over. */
async function withShell<T>(command: string, work: (shell: SpawnedProcess) => Promise<T>): Promise<T> {
  const shell = await spawnDetached({
    command: '/bin/sh',
    args: ['-c', command],
    env: { EXTRA: 'yes' },
    cwd: dir.path,
    outputLog: join(dir.path, 'output.log'),
  })
  try {
    return await work(shell)
  } finally {
    await killProcesses(() => [...startedIn(dir.path), ...sessionOf(shell.record)], systemClock)
  }
}

const output = () => readFile(join(dir.path, 'output.log'), 'utf8')

/** Waits for a line of the command's output. */
async function untilOutput(text: string): Promise<void> {
  while (!(await output()).includes(text)) await systemClock.sleep(5)
}

test('a started process has its own session, our minimal environment, and its output in the file', async () => {
  process.env.CORELAB_TEST_SECRET = 'x'
  await withShell('pwd; env; echo oops >&2', async ({ record, exited }) => {
    expect(await exited).toEqual({ code: 0, signal: null })
    expect(record.companion).toBeNull()
  }).finally(() => delete process.env.CORELAB_TEST_SECRET)

  const lines = await output()
  expect(lines).toContain(`${dir.path}\n`)
  expect(lines).toContain('EXTRA=yes')
  expect(lines).toContain('LANG=C.UTF-8')
  expect(lines).toContain('oops')
  expect(lines).not.toContain('CORELAB_TEST_SECRET')
})

test('the record of a process that dies at once is still its own', async () => {
  await withShell('exit 7', async ({ record, exited }) => {
    expect(record.startTicks).toMatch(/^\d+$/)
    expect(await exited).toEqual({ code: 7, signal: null })
    expect(isAlive(record)).toBe(false)
  })
})

test('a program that is not there, or a folder, is an error that names it', async () => {
  for (const command of ['/nonexistent/mariadbd', dir.path]) {
    const attempt = spawnDetached({
      command,
      args: [],
      env: {},
      cwd: dir.path,
      outputLog: join(dir.path, 'output.log'),
    })
    await expect(attempt).rejects.toMatchObject({
      code: 'COMPONENT_START_FAILED',
      message: `${command} cannot be started`,
    })
  }
})

test('a pid with another start time is another process', async () => {
  await withShell('sleep 1000', async ({ record }) => {
    expect(isAlive(record)).toBe(true)
    expect(isAlive({ ...record, startTicks: '1' })).toBe(false)

    await endProcess({ ...record, startTicks: '1' }, { signal: 'SIGKILL', graceMs: 0, clock: systemClock })

    expect(isAlive(record)).toBe(true)
  })
})

test('a zombie is not alive', async () => {
  // The child ends, and its parent has become a program that never asks for its children.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    const [text] = (await once(parent.stdout, 'data')) as [Buffer]
    const zombie = Number(text.toString())
    while (readProcStat(zombie)?.state !== 'Z') await systemClock.sleep(5)

    expect(startTicksOf(zombie)).toBeNull()
    expect(listProcesses().map(({ pid }) => pid)).not.toContain(zombie)
  } finally {
    parent.kill('SIGKILL')
  }
})

test('ending gives the process its time to end well', async () => {
  const command = "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.02; done"
  await withShell(command, async ({ record, exited }) => {
    await untilOutput('up')

    await endProcess(record, { signal: 'SIGTERM', graceMs: 20_000, clock: systemClock })

    expect(await exited).toEqual({ code: 5, signal: null })
    expect(await output()).toContain('bye')
  })
})

test('ending kills what does not listen, with everything in its session', async () => {
  const command =
    "trap '' TERM; sleep 1000 & (trap '' TERM; sleep 1000) & echo up; while :; do sleep 0.02; done"
  await withShell(command, async ({ record, exited }) => {
    await untilOutput('up')
    expect(sessionOf(record).length).toBeGreaterThanOrEqual(3)

    await endProcess(record, { signal: 'SIGTERM', graceMs: 100, clock: systemClock })

    expect(await exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(sessionOf(record)).toEqual([])
  })
})

test('the end of a process that is not our child is seen', async () => {
  await withShell('setsid sleep 1000 & echo $!; wait', async () => {
    await untilOutput('\n')
    const pid = Number(await output())
    const stranger = { pid, startTicks: startTicksOf(pid) ?? '' }
    const exit = exitOfStranger(stranger, systemClock)

    process.kill(pid, 'SIGKILL')

    expect(await exit).toEqual({ code: null, signal: null })
  })
})

test('what was started in a folder is found, also in another session, and nothing of other folders', async () => {
  await withShell('setsid sleep 1000 & echo up; wait', async ({ record }) => {
    await untilOutput('up')

    expect(startedIn(dir.path).length).toBeGreaterThanOrEqual(2)
    expect(startedIn(dir.path)).toContainEqual(
      expect.objectContaining({ pid: record.pid, startTicks: record.startTicks }),
    )
    expect(startedIn(join(dir.path, '..'))).toEqual([])
    expect(startedBelow(join(dir.path, '..')).map(({ owner }) => owner)).toContain(dir.path)
    expect(startedBelow(dir.path.slice(0, -1))).toEqual([])
  })
})

test('memory is that of the process, and null when it is gone', () => {
  expect(memoryBytesOf(process.pid)).toBeGreaterThan(10 * 1024 * 1024)
  expect(memoryBytesOf(999_999_999)).toBeNull()
})
