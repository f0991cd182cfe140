import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { corelabError, reasonOf } from '../kit/errors.js'

const run = promisify(execFile)

/** Makes a named pipe (0600) in the place of whatever was there. Throws PERMISSION_DENIED. */
export async function makeFifo(path: string): Promise<void> {
  await rm(path, { force: true })
  try {
    // Node has no call for it; coreutils are on every Linux.
    await run('mkfifo', ['-m', '600', '--', path])
  } catch (error) {
    throw corelabError('PERMISSION_DENIED', {
      message: `A named pipe cannot be made at ${path}`,
      detail: reasonOf(error),
      cause: error,
    })
  }
}

/**
 * Lets go of whoever waits in `open` for the other end of the pipe, which will not come: opening it for both directions
 * waits for nobody, and counts as both ends. A reader then sees the end of the file, a writer a broken pipe.
 */
export function releaseFifo(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK))
  } catch {
    // Gone: then nobody can wait for it either.
  }
}
