import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { step } from '../progress.mjs'
import { runProgram } from '../run-program.mjs'
import { findProgram } from '../servers/programs.mjs'
import { SetupError } from '../setup-error.mjs'
import { debianMirror } from './mirror.mjs'
import { unpackPackages, writeLauncher } from './unpacked-packages.mjs'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const programs = ['usr/sbin/mysqld', 'usr/bin/mysql', 'usr/bin/mysqlbinlog', 'usr/bin/mysqldump']

/**
 * A real MySQL 9 for tests and benchmarks, from the packages of Debian unstable, unpacked into a folder of the cache.
 * Made once, in about ten seconds (70 MB to download, 400 MB on disk); CORELAB_MYSQL_DIR names another folder. Needs
 * neither root nor a container. Raises a {@link SetupError} with exit code 5 when this machine cannot have it.
 * @returns {Promise<{ bin: string, version: string }>} the folder with `mysqld`, `mysql` and `mysqlbinlog`
 */
export async function ensureMysql(env = process.env) {
  const dir = mysqlDir(env)
  const finished = join(dir, 'unpacked')
  if (!existsSync(finished)) {
    requireTools()
    await step('Fetching MySQL from Debian unstable', () => make(dir, finished))
  }
  // Written each time, because they name the folder, which may have been moved.
  const bin = join(finished, 'bin')
  mkdirSync(bin, { recursive: true })
  const root = join(finished, 'root')
  for (const program of programs)
    writeLauncher({ root, program, file: join(bin, program.slice(program.lastIndexOf('/') + 1)) })
  return { bin, version: await versionOf(join(bin, 'mysqld'), finished) }
}

/**
 * @param {string} dir
 * @param {string} finished
 */
async function make(dir, finished) {
  mkdirSync(dir, { recursive: true })
  const draft = mkdtempSync(join(dir, 'draft-'))
  try {
    const packages = ['mysql-server-core', 'mysql-client-core']
    await unpackPackages({ dir: draft, mirror: debianMirror(), suite: 'unstable', packages, keyring })
    rmSync(join(draft, 'cache'), { recursive: true })
    rmSync(join(draft, 'state'), { recursive: true })
    // Another run may have been first: its result is as good.
    if (!existsSync(finished)) renameSync(draft, finished)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function requireTools() {
  const missing = ['apt-get', 'dpkg-deb'].filter((program) => findProgram(program) === null)
  if (process.platform !== 'linux' || missing.length > 0)
    throw new SetupError({
      message: `Cannot run here: MySQL is unpacked from Debian's packages, and ${missing.join(' and ') || 'Linux'} is not here`,
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

/**
 * @param {string} mysqld
 * @param {string} dir
 */
async function versionOf(mysqld, dir) {
  const { output } = await runProgram(mysqld, ['--no-defaults', '--version'])
  const version = /Ver (\d+\.\d+\.\d+\S*)/.exec(output)?.[1]
  if (version !== undefined) return version
  throw new SetupError({
    message: `Cannot run here: the MySQL in ${dir} does not start`,
    detail: output,
    fix: [`rm -r ${dir}`, 'and run the same command again'],
    exit: 5,
  })
}

/** @param {NodeJS.ProcessEnv} env */
function mysqlDir(env) {
  if (env.CORELAB_MYSQL_DIR) return env.CORELAB_MYSQL_DIR
  const xdg = env.XDG_CACHE_HOME
  const cache = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
  return join(env.CORELAB_CACHE_DIR || join(cache, 'corelab'), 'mysql')
}
