import { mysqlErrno } from '../../clients/mysql/outcome.js'
import { CorelabError, corelabError, reasonOf } from '../../kit/errors.js'
import { formatBytes } from '../../kit/units.js'
import { diskFreeBytes } from '../../sys/files.js'

/** A table, a temporary file or a log could not grow: 1114, 1021, 1026, and 3 and 1030 with the system's own number 28. */
const fullDiskErrnos: ReadonlySet<number> = new Set([1021, 1114])
const fullDiskWords = /No space left|"?errno:? 28|error 28\b|out of disk space|Disk quota exceeded/i

/** Servers that find no room often end without a word: even their log has none. */
const serverGone: ReadonlySet<string> = new Set([
  'DATABASE_UNREACHABLE',
  'WRITE_OUTCOME_UNKNOWN',
  'COMPONENT_START_FAILED',
])

/** A table grows by up to 4 MiB at a time, in each stream, and its undo log with it. */
const nothingLeftBytes = 64 * 1024 * 1024

/** A full disk under the server, as what it is; anything else comes back as it was. `dir`: a folder on that disk. */
export async function asDiskError(error: unknown, dir: string): Promise<unknown> {
  if (!(error instanceof CorelabError) || error.code === 'DISK_TOO_SMALL') return error
  const errno = mysqlErrno(error)
  if (errno !== null && fullDiskErrnos.has(errno)) return diskFull(error, reasonOf(error))
  if (fullDiskWords.test(`${reasonOf(error)}\n${error.detail ?? ''}`)) return diskFull(error, reasonOf(error))
  if (!serverGone.has(error.code)) return error
  const freeBytes = await diskFreeBytes(dir)
  if (freeBytes > nothingLeftBytes) return error
  return diskFull(error, `${formatBytes(freeBytes)} are left, and the server ended. ${reasonOf(error)}`)
}

function diskFull(error: CorelabError, reason: string): CorelabError {
  return corelabError('DISK_TOO_SMALL', {
    message: `The disk is full: ${reason}`,
    detail: 'What was finished before is kept; the sub-table that was being loaded is taken back.',
    fix: [
      'free some space, and run the same command again: it goes on where it was',
      'corelab users load --abandon',
    ],
    cause: error,
  })
}
