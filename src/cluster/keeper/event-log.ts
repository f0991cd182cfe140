import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs'
import type { Clock } from '../../kit/clock.js'
import { isoTime } from '../../kit/clock.js'
import type { CorelabEvent, Emit } from '../../kit/events.js'
import { errnoOf } from '../../sys/files.js'

/** Beyond this size the log of earlier runs is set aside once, so that an idle core cannot fill a disk. */
const eventLogBytesMax = 16 * 1024 * 1024

/**
 * Opens `events.jsonl` for appending: one event a line, numbered from 1 in this keeper's life. The write is
 * synchronous so that a reader who sees an effect can rely on its event being there. `also` gets each one, too.
 */
export function openEventLog(path: string, clock: Clock, also: (event: CorelabEvent) => void): Emit {
  if (existsSync(path) && statSync(path).size > eventLogBytesMax) renameSync(path, `${path}.1`)
  let seq = 0
  return (body) => {
    const event: CorelabEvent = { at: isoTime(clock.wallMs()), seq: ++seq, ...body }
    try {
      appendFileSync(path, `${JSON.stringify(event)}\n`, { mode: 0o600 })
      also(event)
    } catch (error) {
      // A full disk must not end the one process that can still keep the core going.
      if (!isDiskTrouble(error)) throw error
    }
  }
}

function isDiskTrouble(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO'].includes(errnoOf(error) ?? '')
}
