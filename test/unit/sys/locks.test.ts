import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import { acquireLock, type LockHolder, lockHolder } from '../../../src/sys/locks.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()
const children: ChildProcess[] = []
const never = new AbortController().signal
const lockFile = () => join(dir.path, 'lock')
const now = { purpose: 'up', waitMs: 0, clock: systemClock, signal: never }
const patient = { ...now, waitMs: 60_000 }

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Another process that holds the lock. */
async function holderProcess(purpose: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../../support/hold-lock.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, lockFile(), purpose], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child
}

test('a lock is held by one, and free again after its release', async () => {
  const first = await acquireLock(lockFile(), now)
  expect(await lockHolder(lockFile())).toMatchObject({ pid: process.pid, purpose: 'up' })
  await expect(acquireLock(lockFile(), now)).rejects.toMatchObject({ code: 'ENV_LOCKED' })

  await first.release()
  await first.release()

  expect(await lockHolder(lockFile())).toBeNull()
  expect(await readdir(dir.path)).toEqual([])
  await (await acquireLock(lockFile(), now)).release()
})

test('who has to wait is told whom for, and gives up with that name', async () => {
  const child = await holderProcess('down')
  const told: (LockHolder | null)[] = []

  const attempt = acquireLock(lockFile(), { ...now, waitMs: 150, onWaiting: (holder) => told.push(holder) })

  await expect(attempt).rejects.toMatchObject({
    code: 'ENV_LOCKED',
    message: `\`corelab down\` (process ${child.pid}) works on this environment`,
  })
  expect(told).toEqual([expect.objectContaining({ pid: child.pid, purpose: 'down' })])
})

test('the lock of a killed process is free at once, whatever its file says', async () => {
  const child = await holderProcess('up')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await readdir(dir.path)).toEqual(['lock'])

  const lock = await acquireLock(lockFile(), now)

  expect(await lockHolder(lockFile())).toMatchObject({ pid: process.pid })
  await lock.release()
})

test('who waits gets the lock when its holder dies', async () => {
  const child = await holderProcess('up')
  const waiting = acquireLock(lockFile(), { ...patient, onWaiting: () => child.kill('SIGKILL') })

  await (await waiting).release()
})

test('of many who wait, one at a time has it', async () => {
  let inside = 0
  let most = 0
  const turn = async () => {
    const lock = await acquireLock(lockFile(), {
      ...patient,
      clock: { ...systemClock, sleep: () => systemClock.sleep(1) },
    })
    most = Math.max(most, ++inside)
    await systemClock.sleep(1)
    inside--
    await lock.release()
  }

  await Promise.all(Array.from({ length: 8 }, turn))

  expect(most).toBe(1)
})

test('two spellings of one path are one lock, two paths are two', async () => {
  await mkdir(join(dir.path, 'real'))
  await symlink(join(dir.path, 'real'), join(dir.path, 'link'))
  const lock = await acquireLock(join(dir.path, 'real', 'lock'), now)

  await expect(acquireLock(join(dir.path, 'link', '..', 'link', 'lock'), now)).rejects.toMatchObject({
    code: 'ENV_LOCKED',
  })
  await (await acquireLock(join(dir.path, 'lock'), now)).release()
  await lock.release()
})

test('a damaged lock file says nothing, and stops nobody', async () => {
  await writeFile(lockFile(), '{"pid":')

  expect(await lockHolder(lockFile())).toBeNull()
  await (await acquireLock(lockFile(), now)).release()
})

test('waiting can be cancelled', async () => {
  const lock = await acquireLock(lockFile(), now)
  const controller = new AbortController()
  const waiting = acquireLock(lockFile(), {
    ...patient,
    signal: controller.signal,
    onWaiting: () => controller.abort(),
  })

  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  await lock.release()
})
