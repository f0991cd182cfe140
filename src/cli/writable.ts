import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { corelabError, reasonOf } from '../kit/errors.js'

/** Says that a result could not be written to `file` before minutes of work, not after them. Throws USAGE. */
export async function refuseUnwritable(file: string): Promise<void> {
  const dir = dirname(resolve(file))
  await access(dir, constants.W_OK).catch((cause: unknown) => {
    throw corelabError('USAGE', {
      message: `Nothing can be written to ${dir}`,
      detail: reasonOf(cause),
      cause,
    })
  })
}
