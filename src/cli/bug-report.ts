import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Clock } from '../kit/clock.js'
import { isoTime } from '../kit/clock.js'
import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'
import { cacheDir } from '../sys/cache-dir.js'

/**
 * Writes the stack of a bug to a file in the cache folder and returns the error with that path as its detail.
 * People see a sentence, whoever mends it sees the stack.
 */
export async function withBugReport(
  bug: CorelabError,
  facts: {
    readonly command: string
    readonly clock: Clock
    readonly env: Readonly<Record<string, string | undefined>>
  },
): Promise<CorelabError> {
  const time = isoTime(facts.clock.wallMs()).replaceAll(/[:.]/g, '-')
  const dir = join(cacheDir(facts.env), 'bugs')
  const path = join(dir, `${time}-${process.pid}.log`)
  const text = [
    `node ${process.version}, ${process.platform}-${process.arch}`,
    `command: corelab ${facts.command}`,
    inspect(bug.cause ?? bug, { depth: 6 }),
    '',
  ].join('\n')
  const written = await mkdir(dir, { recursive: true, mode: 0o700 })
    .then(() => writeFile(path, text, { mode: 0o600 }))
    .then(
      () => true,
      () => false,
    )
  return corelabError('BUG', {
    message: bug.message,
    detail: written ? `The stack is in ${path}` : text,
    fix: ['report it, with that file; running the command again is safe'],
    cause: bug.cause,
  })
}
