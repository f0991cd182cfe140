import { execFile } from 'node:child_process'
import { rm, statfs } from 'node:fs/promises'
import { promisify } from 'node:util'
import { makeFolder } from './corelab.js'

const run = promisify(execFile)
const mib = 1024 * 1024

/** A disk in memory whose size can be changed while it is used. Only what is written takes memory. */
export interface SmallDisk {
  readonly dir: string
  /** Leaves so much free beside what is there now. */
  leaveFree(freeMib: number): Promise<void>
  grow(): Promise<void>
  dispose(): Promise<void>
}

const largeMib = 16 * 1024

/** Needs the right to mount. */
export async function makeSmallDisk(): Promise<SmallDisk> {
  const dir = await makeFolder('corelab-test-disk-')
  await asRoot('mount', '-t', 'tmpfs', '-o', `size=${largeMib}m,mode=1777`, 'tmpfs', dir)
  const resize = (sizeMib: number) => asRoot('mount', '-o', `remount,size=${sizeMib}m`, dir)
  return {
    dir,
    async leaveFree(freeMib) {
      const { blocks, bfree, bsize } = await statfs(dir)
      await resize(Math.ceil(((blocks - bfree) * bsize) / mib) + freeMib)
    },
    grow: () => resize(largeMib),
    async dispose() {
      await asRoot('umount', '--lazy', dir)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function asRoot(program: string, ...args: readonly string[]): Promise<void> {
  const isRoot = process.getuid?.() === 0
  await (isRoot ? run(program, args) : run('sudo', ['-n', program, ...args]))
}
