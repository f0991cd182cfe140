import type { Context } from '../kit/context.js'
import { acquireLock } from '../sys/locks.js'
import type { EnvironmentRef } from './environment-store.js'
import { pathsOf } from './environment-store.js'

/** A second command waits for the first at most this long: longer than the slowest healthy `up`. */
const waitMs = 180_000

/** Runs `work` as the only command that changes the environment. Throws ENV_LOCKED, naming who holds it. */
export async function withEnvironmentLock<T>(
  target: EnvironmentRef & { readonly purpose: 'up' | 'down' | 'users load' },
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, signal, emit } = context
  const lock = await acquireLock(pathsOf(target).lockFile, {
    purpose: target.purpose,
    waitMs,
    clock,
    signal,
    onWaiting: (holder) =>
      emit({
        kind: 'note',
        message: `waiting for corelab ${holder?.purpose ?? ''} (pid ${holder?.pid ?? '?'})`,
      }),
  })
  try {
    return await work()
  } finally {
    await lock.release()
  }
}
