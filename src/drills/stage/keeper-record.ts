import { open, stat } from 'node:fs/promises'
import type { CorelabEvent } from '../../kit/events.js'
import { errnoOf } from '../../sys/files.js'

/** What the keeper writes to its event log from a moment on. */
export interface KeeperRecord {
  /** Everything written since, in order; a line that is still being written is left for the next call. */
  read(): Promise<readonly CorelabEvent[]>
}

/** Starts at the present end of `events.jsonl`, so that earlier runs of the environment are not told again. */
export async function recordFromHere(eventsFile: string): Promise<KeeperRecord> {
  let offset = await sizeOf(eventsFile)
  const events: CorelabEvent[] = []
  return {
    async read() {
      // The log is set aside when it has grown too large: then the new one is read from its beginning.
      if ((await sizeOf(eventsFile)) < offset) offset = 0
      const text = await readFrom(eventsFile, offset)
      const whole = text.slice(0, text.lastIndexOf('\n') + 1)
      offset += Buffer.byteLength(whole)
      for (const line of whole.split('\n')) if (line !== '') events.push(JSON.parse(line) as CorelabEvent)
      return events
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw error
  }
}

async function readFrom(path: string, offset: number): Promise<string> {
  const size = await sizeOf(path)
  if (size <= offset) return ''
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(size - offset)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
