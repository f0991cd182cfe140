import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { step } from '../progress.mjs'
import { findProgram } from '../servers/programs.mjs'
import { SetupError } from '../setup-error.mjs'
import { debianMirror } from './mirror.mjs'
import { unpackPackages, writeLauncher } from './packages.mjs'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Programs of Debian packages in a folder of their own, fetched the first time. Neither root nor a container is needed.
 * Raises a {@link SetupError} with exit code 5 when this machine cannot have them.
 * @param {{
 *   title: string,
 *   dir: string,
 *   suite: string,
 *   packages: readonly string[],
 *   programs: readonly string[],
 *   scripts?: readonly string[],
 * }} order `programs` and `scripts` are paths inside the packages, `usr/sbin/mysqld`; scripts need no libraries.
 * @returns {Promise<{ bin: string, root: string }>} the folder with all of them, and that of the unpacked packages
 */
export async function ensureUnpacked({ title, dir, suite, packages, programs, scripts = [] }) {
  const finished = join(dir, 'unpacked')
  if (!existsSync(finished)) {
    requireTools(title)
    await step(`Fetching ${title} from Debian ${suite}`, () => fetch({ dir, finished, suite, packages }))
  }
  const bin = join(finished, 'bin')
  const root = join(finished, 'root')
  mkdirSync(bin, { recursive: true })
  // Written each time, because they name the folder, which may have been moved.
  for (const program of programs) writeLauncher({ root, program, file: join(bin, basename(program)) })
  for (const script of scripts) copyFileSync(join(root, script), join(bin, basename(script)))
  return { bin, root }
}

/**
 * `name` below corelab's cache folder.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function inCache(name, env) {
  const xdg = env.XDG_CACHE_HOME
  const cache = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
  return join(env.CORELAB_CACHE_DIR || join(cache, 'corelab'), name)
}

/** @param {{ dir: string, finished: string, suite: string, packages: readonly string[] }} order */
async function fetch({ dir, finished, suite, packages }) {
  mkdirSync(dir, { recursive: true })
  const draft = mkdtempSync(join(dir, 'draft-'))
  try {
    await unpackPackages({ dir: draft, mirror: debianMirror(), suite, packages, keyring })
    rmSync(join(draft, 'cache'), { recursive: true })
    rmSync(join(draft, 'state'), { recursive: true })
    // Another run may have been first: its result is as good.
    if (!existsSync(finished)) renameSync(draft, finished)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** @param {string} title */
function requireTools(title) {
  const missing = ['apt-get', 'dpkg-deb'].filter((program) => findProgram(program) === null)
  if (process.platform !== 'linux' || missing.length > 0)
    throw new SetupError({
      message: `Cannot run here: ${title} is unpacked from Debian's packages, and ${missing.join(' and ') || 'Linux'} is not here`,
      fix: ['run it on Debian or Ubuntu, or in a container of node:20-bookworm'],
      exit: 5,
    })
  if (!existsSync(keyring))
    throw new SetupError({
      message: `Cannot run here: the keys of Debian's archive are not here (${keyring})`,
      fix: ['sudo apt-get install debian-archive-keyring'],
      exit: 5,
    })
}
