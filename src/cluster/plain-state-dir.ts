import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../sys/files.js'

interface Dirs {
  readonly stateDir: string
  readonly socketDir: string
}

/** The state folder under a name without spaces and foreign letters: itself, or a link beside the sockets. */
export function plainStateDirOf({ stateDir, socketDir }: Dirs): string {
  return hasPlainPath({ stateDir, socketDir }) ? stateDir : join(socketDir, 'state')
}

/** Makes the link, where there is need of one. */
export async function linkPlainStateDir(dirs: Dirs): Promise<void> {
  if (hasPlainPath(dirs)) return
  await symlink(dirs.stateDir, plainStateDirOf(dirs)).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error
  })
}

/** The socket folder is inside the state folder exactly when that one's path is plain and short. */
function hasPlainPath({ stateDir, socketDir }: Dirs): boolean {
  return socketDir.startsWith(`${stateDir}/`)
}
