import { createHash } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { present } from '../kit/assert.js'
import type { Clock } from '../kit/clock.js'
import { cancelled, corelabError } from '../kit/errors.js'
import { errnoOf, readJsonFile, writeFileAtomic } from './files.js'
import { isAlive, startTicksOf } from './processes.js'

/** Who holds a lock, as its file says. */
export interface LockHolder {
  readonly pid: number
  readonly startTicks: string
  /** What for, e.g. `up`. */
  readonly purpose: string
}

export interface HeldLock {
  /** Idempotent. */
  release(): Promise<void>
}

export interface LockOptions {
  readonly purpose: string
  /** How long to wait for another holder; 0 gives up at once. */
  readonly waitMs: number
  readonly clock: Clock
  /** Called once, when there is somebody to wait for. */
  readonly onWaiting?: (holder: LockHolder | null) => void
  readonly signal: AbortSignal
}

const pollMs = 100

/**
 * Takes the lock of `path`, whose folder must exist. What excludes others is a listening socket in Linux's
 * abstract namespace, named after the path: the kernel grants it to one process and frees it when that process
 * dies in whatever way, so no lock is ever stale and none is broken by guessing. The file only says who it is.
 * Raises ENV_LOCKED, naming the holder, and CANCELLED.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<HeldLock> {
  const name = await socketNameOf(path)
  const startedMs = options.clock.monotonicMs()
  let told = false
  for (;;) {
    if (options.signal.aborted) throw cancelled()
    const socket = await tryListen(name)
    if (socket !== null) return heldLock(path, socket, options.purpose)
    const holder = await lockHolder(path)
    const waitedMs = options.clock.monotonicMs() - startedMs
    if (waitedMs >= options.waitMs) throw locked(path, holder)
    if (!told) options.onWaiting?.(holder)
    told = true
    await options.clock.sleep(Math.min(pollMs, options.waitMs - waitedMs), options.signal)
  }
}

/** Who holds the lock; null when nobody does, also when the file was left behind by a process that died. */
export async function lockHolder(path: string): Promise<LockHolder | null> {
  const holder = await readJsonFile<LockHolder>(path).catch(() => null)
  return holder !== null && isAlive(holder) ? holder : null
}

async function heldLock(path: string, socket: Server, purpose: string): Promise<HeldLock> {
  const startTicks = present(startTicksOf(process.pid), 'own start time')
  const holder: LockHolder = { pid: process.pid, startTicks, purpose }
  let released: Promise<void> | null = null
  const release = async () => {
    // The file first: once the socket is closed it may be another holder's.
    await rm(path, { force: true })
    await new Promise<void>((resolve) => socket.close(() => resolve()))
  }
  const lock: HeldLock = {
    release() {
      released ??= release()
      return released
    },
  }
  try {
    await writeFileAtomic(path, `${JSON.stringify(holder)}\n`)
  } catch (error) {
    await lock.release()
    throw error
  }
  return lock
}

/** The same for every spelling of the path, and for no other path. */
async function socketNameOf(path: string): Promise<string> {
  const real = join(await realpath(dirname(path)), basename(path))
  return `\0corelab-lock-${createHash('sha256').update(real).digest('hex').slice(0, 40)}`
}

/** null when another process, or another part of this one, listens on that name. */
function tryListen(name: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy())
    server.once('error', (error) => (errnoOf(error) === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(name, () => {
      // A forgotten lock must not keep the process alive.
      server.unref()
      resolve(server)
    })
  })
}

function locked(path: string, holder: LockHolder | null) {
  const who = holder === null ? 'Another process' : `\`corelab ${holder.purpose}\` (process ${holder.pid})`
  return corelabError('ENV_LOCKED', {
    message: `${who} works on this environment`,
    detail: `It holds ${path}.`,
    fix: holder === null ? [] : [`kill ${holder.pid}`],
  })
}
