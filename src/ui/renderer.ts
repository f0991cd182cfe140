import type { CorelabEvent } from '../kit/events.js'

/** Shows a stream of events to somebody; the core neither knows nor cares which one it is. */
export interface Renderer {
  show(event: CorelabEvent): void
  /** Flushes what is pending and gives the terminal back. Idempotent. */
  stop(): Promise<void>
}

/** Shows nothing: `--quiet`, and `--json` without `--stream`. */
export const quietRenderer: Renderer = Object.freeze({
  show: () => undefined,
  stop: () => Promise.resolve(),
})
