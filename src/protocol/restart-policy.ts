/** How often a component may be started again before it is given up: crash loops must end with a clear state. */
export const restartsMax = 3
export const restartWindowMs = 60_000

export interface RestartDecision {
  readonly restart: boolean
  /** The history to keep: the attempts inside the window, with this one when it is granted. */
  readonly attemptsAtMs: readonly number[]
  /** Before the next start: at once the first time, then growing. */
  readonly delayMs: number
}

/** Decides whether a component that ended at `atMs` is started again. Pure. */
export function decideRestart(attemptsAtMs: readonly number[], atMs: number): RestartDecision {
  const recent = attemptsAtMs.filter((attempt) => atMs - attempt < restartWindowMs)
  if (recent.length >= restartsMax) return { restart: false, attemptsAtMs: recent, delayMs: 0 }
  return { restart: true, attemptsAtMs: [...recent, atMs], delayMs: recent.length * 1000 }
}
