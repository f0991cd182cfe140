import type { LogFile } from '../../cluster/logs.js'
import { lastLines } from '../../sys/log-tail.js'
import { timeOfLine } from './log-time.js'

export interface LogLine {
  readonly component: string
  /** When the server wrote it, milliseconds since the epoch; null when nothing in the file tells. */
  readonly atMs: number | null
  readonly text: string
}

/** The last `count` lines of all files together, in the order of their times, none older than `sinceMs`. */
export async function collectLines(
  files: readonly LogFile[],
  options: { readonly count: number; readonly sinceMs: number | null },
): Promise<readonly LogLine[]> {
  const { count, sinceMs } = options
  const perFile = await Promise.all(
    files.map(async ({ component, path }) => dated(component, await lastLines(path, count))),
  )
  return perFile
    .flat()
    .filter(({ atMs }) => sinceMs === null || (atMs !== null && atMs >= sinceMs))
    .sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0))
    .slice(-count)
}

/** A line without a time of its own has that of the line before: stack traces stay together. */
function dated(component: string, lines: readonly string[]): LogLine[] {
  let atMs: number | null = null
  return lines.map((text) => {
    atMs = timeOfLine(text) ?? atMs
    return { component, atMs, text }
  })
}
