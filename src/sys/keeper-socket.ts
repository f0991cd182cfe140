import { join } from 'node:path'

/** Where the keeper of an environment listens, for its own user only. */
export function keeperSocketOf(socketDir: string): string {
  return join(socketDir, 'keeper.sock')
}
