import type { Clock } from './clock.js'
import type { Emit } from './events.js'

/** The world as a long-running function sees it: time, progress, and the wish to stop. */
export interface Context {
  readonly clock: Clock
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** For what must still be done after the user said stop: it has limits of its own. */
export function uncancelled(context: Context): Context {
  return { ...context, signal: new AbortController().signal }
}
