import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { corelabError, reasonOf } from '../kit/errors.js'
import type { ProgramNeed } from './programs.js'
import { findProgram, isVersionAtLeast, programMissing, programTooOld } from './programs.js'

const run = promisify(execFile)

/** Longest time that a program may take to print its version. */
const versionLimitMs = 10_000

/** A program that was found, with its whole version text, e.g. `10.11.19-MariaDB-0+deb12u1`. */
export interface FoundProgram {
  readonly path: string
  readonly version: string
}

/** Where a program is. Raises PROGRAM_MISSING. */
export function locateProgram(need: ProgramNeed): string {
  const path = findProgram(need)
  if (path !== null) return path
  throw programMissing({ program: `${need.title} (${need.names[0]})`, packages: need.packages })
}

/** Asks a program for its version and finds it in the answer. Raises PROGRAM_MISSING when it cannot be run. */
export async function askVersion(
  need: ProgramNeed,
  question: { readonly path: string; readonly args: readonly string[]; readonly pattern: RegExp },
): Promise<FoundProgram> {
  const { path, args, pattern } = question
  const answer = await run(path, [...args], { timeout: versionLimitMs, encoding: 'utf8' }).catch(
    (error: unknown) => {
      throw corelabError('PROGRAM_MISSING', {
        message: `${need.title} is at ${path}, but it cannot be run`,
        detail: reasonOf(error),
        cause: error,
      })
    },
  )
  const version = pattern.exec(answer.stdout)?.[1]
  if (version === undefined) {
    throw corelabError('PROGRAM_MISSING', {
      message: `${path} does not look like ${need.title}`,
      detail: `It answered: ${answer.stdout.slice(0, 200).trim()}`,
    })
  }
  return requireVersion(need, { path, version })
}

/** Gives the program back. Raises PROGRAM_TOO_OLD. */
export function requireVersion(need: ProgramNeed, found: FoundProgram): FoundProgram {
  if (isVersionAtLeast(found.version, need.versionMin)) return found
  throw programTooOld({
    program: need.title,
    path: found.path,
    found: found.version,
    versionMin: need.versionMin,
  })
}
