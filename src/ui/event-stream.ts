import type { Clock } from '../kit/clock.js'
import { isoTime } from '../kit/clock.js'
import type { CorelabEvent, Emit } from '../kit/events.js'

/** Numbers and times events and hands them to every listener, in order. */
export function openEventStream(clock: Clock, listeners: readonly ((event: CorelabEvent) => void)[]): Emit {
  let lastSeq = 0
  return (body) => {
    lastSeq++
    const event: CorelabEvent = { ...body, at: isoTime(clock.wallMs()), seq: lastSeq }
    for (const listener of listeners) listener(event)
  }
}
