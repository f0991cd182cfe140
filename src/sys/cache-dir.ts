import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * The machine's cache folder of corelab: things that can be made again, shared by all projects of a user.
 * `env` is the process environment, read at the CLI floor.
 */
export function cacheDir(env: Readonly<Record<string, string | undefined>>): string {
  if (env.CORELAB_CACHE_DIR) return env.CORELAB_CACHE_DIR
  // The XDG rules say that a relative path is to be ignored.
  const xdg = env.XDG_CACHE_HOME
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'corelab')
  return join(env.HOME || homedir(), '.cache', 'corelab')
}
