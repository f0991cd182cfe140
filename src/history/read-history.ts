import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { corelabError } from '../kit/errors.js'
import type { HistoryEvent } from '../model/history-event.js'

/**
 * The events of a history file, in order. A torn last line, left by a recorder that was killed, is no event; a torn
 * line before it means that the file is damaged. Throws FILE_DAMAGED.
 */
export async function* readHistory(path: string): AsyncGenerator<HistoryEvent> {
  let torn: number | null = null
  let lineNumber = 0
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    lineNumber++
    if (torn !== null) throw damaged(path, torn)
    const event = parseEvent(line)
    if (event) yield event
    else torn = lineNumber
  }
}

function parseEvent(line: string): HistoryEvent | null {
  try {
    const event = JSON.parse(line) as HistoryEvent
    return typeof event.index === 'number' && typeof event.type === 'string' ? event : null
  } catch {
    return null
  }
}

function damaged(path: string, line: number) {
  return corelabError('FILE_DAMAGED', { message: `line ${line} of ${path} is not an event of a history` })
}
