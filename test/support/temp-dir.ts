import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A new folder for each test of the file, deleted after it. `path` may be read inside tests and hooks only. */
export function temporaryDir(): { readonly path: string } {
  let dir = ''
  beforeEach(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'corelab-unit-')))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))
  return {
    get path() {
      return dir
    },
  }
}
