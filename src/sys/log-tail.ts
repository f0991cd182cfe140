import { open, stat } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import type { Clock } from '../kit/clock.js'
import { systemClock } from '../kit/clock.js'
import { isCancelled } from '../kit/errors.js'
import { errnoOf } from './files.js'

/** How far back the last lines are looked for: enough for 20 long lines of a Java-like stack trace. */
const tailBytesMax = 64 * 1024

/** The last lines of a file, oldest first; none when there is no such file. */
export async function lastLines(path: string, count: number): Promise<readonly string[]> {
  const file = await openIfThere(path)
  if (file === null) return []
  try {
    const { size } = await file.stat()
    const length = Math.min(size, tailBytesMax)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n')
    // The first line may have been cut in two; the text after the last newline is a line only if not empty.
    if (size > length) lines.shift()
    if (lines.at(-1) === '') lines.pop()
    return lines.slice(-count)
  } finally {
    await file.close()
  }
}

const pollMs = 50
const readBytesMax = 256 * 1024

/**
 * Calls `onLine` for each complete line that is appended, until the signal aborts; then resolves. The file need
 * not exist yet. A file that was truncated or replaced by a new one is read from its beginning.
 */
export async function followLines(
  path: string,
  options: {
    readonly onLine: (line: string) => void
    readonly fromStart: boolean
    readonly clock?: Clock
    readonly signal: AbortSignal
  },
): Promise<void> {
  const clock = options.clock ?? systemClock
  const reader = lineReader(path, options.onLine)
  if (!options.fromStart) await reader.skipToEnd()
  while (!options.signal.aborted) {
    const grew = await reader.readMore()
    if (grew) continue
    await clock.sleep(pollMs, options.signal).catch((error: unknown) => {
      if (!isCancelled(error)) throw error
    })
  }
}

/** Reads a growing file line by line, by polling: inotify misses files that are replaced or not there yet. */
function lineReader(path: string, onLine: (line: string) => void) {
  let position = 0
  let inode: number | null = null
  let decoder = new StringDecoder('utf8')
  let partial = ''

  const startOver = () => {
    position = 0
    decoder = new StringDecoder('utf8')
    partial = ''
  }

  return {
    async skipToEnd(): Promise<void> {
      const facts = await stat(path).catch(() => null)
      if (facts === null) return
      position = facts.size
      inode = facts.ino
    },

    /** True when there may be more to read at once. */
    async readMore(): Promise<boolean> {
      const file = await openIfThere(path)
      if (file === null) return false
      try {
        const facts = await file.stat()
        if (facts.size < position || (inode !== null && facts.ino !== inode)) startOver()
        inode = facts.ino
        if (facts.size === position) return false
        const { buffer, bytesRead } = await file.read(Buffer.alloc(readBytesMax), 0, readBytesMax, position)
        position += bytesRead
        const lines = (partial + decoder.write(buffer.subarray(0, bytesRead))).split('\n')
        partial = lines.pop() ?? ''
        for (const line of lines) onLine(line)
        return bytesRead > 0
      } finally {
        await file.close()
      }
    },
  }
}

async function openIfThere(path: string) {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
