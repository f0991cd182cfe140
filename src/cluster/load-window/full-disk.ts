import { mysqlErrno } from '../../clients/mysql/outcome.js'
import { CorelabError, corelabError, reasonOf } from '../../kit/errors.js'

/** A table, a temporary file or a log could not grow: 1114, 1021, 1026, and 3 and 1030 with the system's own number 28. */
const fullDiskErrnos: ReadonlySet<number> = new Set([1021, 1114])
const fullDiskWords = /No space left|"?errno:? 28|Disk quota exceeded/i

/** A full disk under the server, as what it is; anything else comes back as it was. */
export function asDiskError(error: unknown): unknown {
  if (!(error instanceof CorelabError) || error.code === 'DISK_TOO_SMALL') return error
  const errno = mysqlErrno(error)
  const words = `${reasonOf(error)}\n${error.detail ?? ''}`
  if (!(errno !== null && fullDiskErrnos.has(errno)) && !fullDiskWords.test(words)) return error
  return corelabError('DISK_TOO_SMALL', {
    message: `The disk is full: ${reasonOf(error)}`,
    detail: 'What was finished before is kept; the sub-table that was being loaded is taken back.',
    fix: [
      'free some space, and run the same command again: it goes on where it was',
      'corelab users load --abandon',
    ],
    cause: error,
  })
}
