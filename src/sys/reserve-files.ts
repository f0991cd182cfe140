import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface FileToReserve {
  readonly path: string
  readonly bytes: number
}

/** Of one call: the kernel bounds how much a command line may hold. */
const filesPerCall = 500
const script = 'umask 077; while [ $# -gt 1 ]; do fallocate -l "$1" -- "$2" || exit 1; shift 2; done'

/**
 * Makes files (0600) of these sizes, full of zeros, whose place on the disk is taken but not written: later writes need no
 * other space. False when the filesystem cannot do that or has no room; then some of them may be there.
 */
export async function reserveFiles(files: readonly FileToReserve[]): Promise<boolean> {
  try {
    for (let from = 0; from < files.length; from += filesPerCall) {
      const ofCall = files.slice(from, from + filesPerCall)
      // Node has no call for it; util-linux is on every Linux.
      await run('sh', ['-c', script, 'sh', ...ofCall.flatMap(({ path, bytes }) => [String(bytes), path])])
    }
    return true
  } catch {
    return false
  }
}
