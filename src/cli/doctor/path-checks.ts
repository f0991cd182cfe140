import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { cacheDir } from '../../sys/cache-dir.js'
import { errnoOf } from '../../sys/files.js'
import { socketDirOf, stateDirOf } from '../../sys/state-dir.js'
import type { CheckFamily, DoctorInput, Finding } from './finding.js'
import { fail, pass } from './finding.js'

/** Folders that corelab writes to, and the one for unix sockets, whose paths must be short. */
export const checkPaths: CheckFamily = async (input) => [
  await writable({ id: 'project-folder', title: 'Project folder' }, input.dir),
  await writable({ id: 'cache-folder', title: 'Cache folder' }, cacheDir(input.variables)),
  sockets(input),
]

async function writable(named: Pick<Finding, 'id' | 'title'>, dir: string): Promise<Finding> {
  const existing = await nearestExisting(dir)
  const mayWrite = await access(existing, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  return mayWrite
    ? pass(named, dir)
    : fail(named, `${existing} may not be written by this user`, {
        fix: [`chown $(id -un) ${existing}   (as root)`],
        code: 'PERMISSION_DENIED',
      })
}

async function nearestExisting(dir: string): Promise<string> {
  try {
    await access(dir)
    return dir
  } catch (thrown) {
    const isMissing = errnoOf(thrown) === 'ENOENT' && dirname(dir) !== dir
    return isMissing ? nearestExisting(dirname(dir)) : dir
  }
}

function sockets({ dir, env }: DoctorInput): Finding {
  const named = { id: 'sockets', title: 'Unix sockets' }
  const stateDir = stateDirOf({ projectDir: dir, env })
  const socketDir = socketDirOf(stateDir)
  return pass(
    named,
    socketDir.startsWith(stateDir)
      ? 'beside the data'
      : `in ${socketDir}, because the path of the project is too long or not plain`,
  )
}
