/** How often a component may be started again before it is given up: crash loops must end with a clear state. */
export const restartsMax = 5
export const restartWindowMs = 60_000
const pauseMsMax = 2000

export interface RestartDecision {
  readonly restart: boolean
  /** The history to keep: the attempts inside the window, with this one when it is granted. */
  readonly attemptsAtMs: readonly number[]
  /** Before the next start: at once the first time, then growing. */
  readonly delayMs: number
}

/**
 * Decides whether a component that ended at `atMs` is started again. Pure. One without which nothing can be written is
 * `indispensable`: it is tried for ever, with bounded pauses.
 */
export function decideRestart(
  attemptsAtMs: readonly number[],
  asked: { readonly atMs: number; readonly indispensable: boolean },
): RestartDecision {
  const recent = attemptsAtMs.filter((attempt) => asked.atMs - attempt < restartWindowMs)
  if (recent.length >= restartsMax && !asked.indispensable)
    return { restart: false, attemptsAtMs: recent, delayMs: 0 }
  const delayMs = Math.min(pauseMsMax, recent.length * 500)
  return { restart: true, attemptsAtMs: [...recent, asked.atMs], delayMs }
}
