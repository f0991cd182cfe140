import type { CorelabEvent } from '../kit/events.js'
import type { Renderer } from './renderer.js'

/** JSON Lines of the events themselves, for `--json --stream`. The envelope follows as the last line. */
export function jsonRenderer(write: (text: string) => void): Renderer {
  return {
    show: (event) => write(`${eventLine(event)}\n`),
    stop: () => Promise.resolve(),
  }
}

function eventLine(event: CorelabEvent): string {
  return JSON.stringify({ schema: 'corelab/event@1', ...event })
}
