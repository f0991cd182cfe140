import type { EnvironmentRef } from '../../cluster/environment-store.js'
import type { LogFile } from '../../cluster/logs.js'
import { logFilesOf, selectLogFiles } from '../../cluster/logs.js'
import { isoTime } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { followLines } from '../../sys/log-tail.js'
import type { Answer } from '../answer.js'
import type { Screen } from '../terminal.js'
import type { LogLine } from './collect-lines.js'
import { collectLines } from './collect-lines.js'
import { timeOfLine } from './log-time.js'

export interface LogOptions {
  readonly place: EnvironmentRef
  readonly components: readonly string[]
  /** Lines of the past, at most. */
  readonly tail: number
  /** How far back, in milliseconds; null for any age. */
  readonly sinceMs: number | null
}

/** The servers' own logs, merged by time. Throws COMPONENT_UNKNOWN, ENV_NOT_RUNNING. */
export async function showLogs(options: LogOptions, context: Context): Promise<Answer> {
  const lines = await pastLines(options, context)
  return {
    data: { lines: lines.map(asData) },
    lines: (screen) => lines.map((line) => asText(line, screen)),
    env: options.place.env,
  }
}

/** The past lines, then each new one as it comes, until the user stops. */
export async function followLogs(
  options: LogOptions & { readonly write: (text: string) => void; readonly screen: Screen | null },
  context: Context,
): Promise<Answer> {
  const { write, screen } = options
  const show = (line: LogLine) => write(`${screen === null ? asJsonLine(line) : asText(line, screen)}\n`)
  const files = await selectedFiles(options)
  // Following starts at the end, so the past is read first; what is written in between is not worth a lock.
  for (const line of await pastLines(options, context)) show(line)
  const { signal } = context
  await Promise.all(
    files.map(({ component, path }) =>
      followLines(path, {
        fromStart: false,
        signal,
        onLine: (text) => show({ component, atMs: timeOfLine(text), text }),
      }),
    ),
  )
  return {
    data: { followed: files.map(({ component }) => component) },
    lines: () => [],
    env: options.place.env,
  }
}

async function pastLines(options: LogOptions, context: Context): Promise<readonly LogLine[]> {
  const sinceMs = options.sinceMs === null ? null : context.clock.wallMs() - options.sinceMs
  return collectLines(await selectedFiles(options), { count: options.tail, sinceMs })
}

async function selectedFiles({ place, components }: LogOptions): Promise<readonly LogFile[]> {
  return selectLogFiles(await logFilesOf(place), components)
}

const componentColumns = 10

function asText({ component, text }: LogLine, { paint }: Screen): string {
  return `${paint.faint(`${component.padEnd(componentColumns)} |`)} ${text}`
}

function asData({ component, atMs, text }: LogLine) {
  return { component, at: atMs === null ? null : isoTime(atMs), text }
}

function asJsonLine(line: LogLine): string {
  return JSON.stringify({ schema: 'corelab/log-line@1', ...asData(line) })
}
