import type { EventEmitter } from 'node:events'
import { setMaxListeners } from 'node:events'
import type { ExitCode } from '../kit/exit-codes.js'
import { exitCodes } from '../kit/exit-codes.js'

/** Why a command is to end before its time. */
export type StopReason = 'interrupted' | 'terminated' | 'timed-out' | 'pipe-closed'

/** The user's wish to stop, as one AbortSignal for the whole command. */
export interface StopWish {
  readonly signal: AbortSignal
  reason(): StopReason | null
  /** For reasons that are not signals. Only the first one counts. */
  stop(reason: StopReason): void
  /** While an interactive client owns the terminal, Ctrl+C is meant for it. */
  ignoreInterrupts(): void
  dispose(): void
}

/**
 * How long an orderly stop may take before the process ends all the same: longer than the grace of any server, because one
 * that is asked to end in the middle of its start may miss it, and is killed only after that.
 */
const orderlyStopMaxMs = 45_000

/**
 * Listens to signals: the first one aborts in order and is announced at once, the second one ends the process.
 * Whatever was started belongs to the keeper, which goes on tidying up by itself.
 */
export function listenForStop(options: {
  /** Usually `process`. */
  readonly source: Pick<EventEmitter, 'on' | 'off'>
  readonly announce: (message: string) => void
  readonly exitNow: (code: ExitCode) => void
}): StopWish {
  const { source, announce, exitNow } = options
  const controller = new AbortController()
  // As many waits may listen as there are clients at work; that is no leak.
  setMaxListeners(0, controller.signal)
  let reason: StopReason | null = null
  let ignoring = false

  const stop = (why: StopReason) => {
    if (reason !== null) return
    reason = why
    controller.abort()
  }
  const onSignal = (why: 'interrupted' | 'terminated') => () => {
    if (ignoring && why === 'interrupted') return
    if (controller.signal.aborted) return exitNow(exitCodeOf(reason ?? why))
    announce('Stopping in order. Press Ctrl+C again to end at once.')
    stop(why)
    setTimeout(() => exitNow(exitCodeOf(why)), orderlyStopMaxMs).unref()
  }
  const handlers = {
    SIGINT: onSignal('interrupted'),
    SIGTERM: onSignal('terminated'),
    SIGHUP: onSignal('terminated'),
  }
  for (const [name, handler] of Object.entries(handlers)) source.on(name, handler)

  return {
    signal: controller.signal,
    reason: () => reason,
    stop,
    ignoreInterrupts: () => {
      ignoring = true
    },
    dispose: () => {
      for (const [name, handler] of Object.entries(handlers)) source.off(name, handler)
    },
  }
}

/** The exit status of a command that ended because of `reason`. A closed pipe is the reader's right. */
export function exitCodeOf(reason: StopReason): ExitCode {
  switch (reason) {
    case 'interrupted':
      return exitCodes.interrupted
    case 'terminated':
      return exitCodes.terminated
    case 'timed-out':
      return exitCodes.failed
    case 'pipe-closed':
      return exitCodes.ok
  }
}
