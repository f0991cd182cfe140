import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { findProgram } from './programs.mjs'

/**
 * What the plan needs to know of this machine.
 * @typedef {object} Host
 * @property {string} platform `linux`, `darwin`...
 * @property {string} system its name for people
 * @property {'apt' | 'dnf' | 'brew' | null} packageManager
 * @property {'root' | 'sudo' | null} administrator how to become root without a password, if at all
 * @property {boolean} interactive whether somebody can answer a question
 */

/** @returns {Host} */
export function readHost() {
  const release = readRelease()
  return {
    platform: process.platform,
    system: release.PRETTY_NAME ?? process.platform,
    packageManager: packageManagerOf(release),
    administrator: administrator(),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && !process.env.CI,
  }
}

/** What `/etc/os-release` says of this system; nothing where there is none. */
export function readRelease() {
  return parseOsRelease(readOsRelease())
}

/**
 * The KEY=value lines of /etc/os-release.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  const pairs = [...text.matchAll(/^([A-Z_]+)=(["']?)(.*)\2$/gm)]
  return Object.fromEntries(pairs.map(([, key, , value]) => [key, value]))
}

/** @param {Record<string, string>} release */
function packageManagerOf(release) {
  const families = `${release.ID ?? ''} ${release.ID_LIKE ?? ''}`.split(' ')
  const belongsTo = (/** @type {string[]} */ names) => names.some((name) => families.includes(name))
  if (belongsTo(['debian', 'ubuntu']) && findProgram('apt-get')) return 'apt'
  if (belongsTo(['fedora', 'rhel', 'centos'])) return 'dnf'
  return process.platform === 'darwin' ? 'brew' : null
}

function administrator() {
  if (process.getuid?.() === 0) return 'root'
  if (findProgram('sudo') === null) return null
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? 'sudo' : null
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}
