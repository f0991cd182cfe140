import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isAtLeast } from '../node-version.mjs'
import { runProgram } from '../run-program.mjs'

/**
 * The programs that the native runtime starts, with the Debian package of each. Only packages with programs:
 * `mariadb-server-core` brings no service, no user and no data folder.
 */
export const serverPrograms = Object.freeze([
  { program: 'mariadbd', debianPackage: 'mariadb-server-core' },
  { program: 'mariadb-install-db', debianPackage: 'mariadb-server-core' },
  { program: 'mariadb', debianPackage: 'mariadb-client-core' },
  { program: 'mariadb-binlog', debianPackage: 'mariadb-client' },
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'rabbitmq-server', debianPackage: 'rabbitmq-server' },
  { program: 'erl', debianPackage: 'rabbitmq-server' },
  { program: 'epmd', debianPackage: 'rabbitmq-server' },
])

export const lowestMariadb = '10.11.0'

// An ordinary user's PATH has no sbin on Debian, and the wrapper in /usr/sbin is not the only way to RabbitMQ.
const extraDirs = ['/usr/sbin', '/usr/local/sbin', '/usr/lib/rabbitmq/bin']

/** @returns {string[]} the programs that are not on this host */
export function missingPrograms(path = process.env.PATH ?? '') {
  return serverPrograms.map(({ program }) => program).filter((program) => findProgram(program, path) === null)
}

/** @returns {Promise<string | null>} the version found when it is too old to use, else null */
export async function tooOldMariadb() {
  const mariadbd = findProgram('mariadbd')
  if (mariadbd === null) return null
  const { output } = await runProgram(mariadbd, ['--version'])
  const version = /Ver (\d+\.\d+\.\d+)-MariaDB/.exec(output)?.[1]
  return version === undefined || isAtLeast(version, lowestMariadb) ? null : version
}

/**
 * @param {string} program
 * @returns {string | null} its full path
 */
export function findProgram(program, path = process.env.PATH ?? '') {
  const dirs = [...path.split(delimiter).filter((dir) => dir !== ''), ...extraDirs]
  return dirs.map((dir) => join(dir, program)).find(isExecutable) ?? null
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
