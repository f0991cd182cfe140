import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'

/** A server program that the native runtime needs. */
export interface ProgramNeed {
  /** What people call it, e.g. `MariaDB`. */
  readonly title: string
  /** File names to look for, best first. */
  readonly names: readonly string[]
  /** Where distributions put it outside of PATH. */
  readonly extraDirs: readonly string[]
  /** Lowest version that is supported, e.g. `10.11`. */
  readonly versionMin: string
  /** Debian packages that carry it. */
  readonly packages: readonly string[]
}

/** Folders of servers that are often not in an ordinary user's PATH. */
const serverDirs = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin']

/** The path of an executable file, looked for in `extraDirs`, PATH and the usual server folders; null if none. */
export function findProgram(options: {
  readonly names: readonly string[]
  readonly extraDirs?: readonly string[]
  /** Instead of PATH, separated like it. */
  readonly searchPath?: string
}): string | null {
  const path = (options.searchPath ?? process.env.PATH ?? '').split(delimiter).filter(isAbsolute)
  const dirs = [
    ...(options.extraDirs ?? []),
    ...path,
    ...(options.searchPath === undefined ? serverDirs : []),
  ]
  for (const name of options.names) {
    const dir = dirs.find((each) => isExecutableFile(join(each, name)))
    if (dir !== undefined) return join(dir, name)
  }
  return null
}

/** All server packages together, so that one command is enough. */
const allPackages = {
  debian: ['mariadb-server-core', 'mariadb-client-core', 'mariadb-client', 'redis-server', 'rabbitmq-server'],
  redhat: ['mariadb-server', 'redis', 'rabbitmq-server'],
  arch: ['mariadb', 'redis', 'rabbitmq'],
  suse: ['mariadb', 'redis', 'rabbitmq-server'],
  alpine: ['mariadb', 'mariadb-client', 'redis', 'rabbitmq-server'],
  mac: ['mariadb', 'redis', 'rabbitmq'],
} as const

export type HostFamily = keyof typeof allPackages | 'other'

/** The shell command that installs every server program on this kind of host. */
export function installCommand(family: HostFamily = hostFamily()): string {
  switch (family) {
    case 'debian':
    case 'other':
      return `apt-get install --no-install-recommends ${allPackages.debian.join(' ')}`
    case 'redhat':
      return `dnf install ${allPackages.redhat.join(' ')}`
    case 'arch':
      return `pacman -S ${allPackages.arch.join(' ')}`
    case 'suse':
      return `zypper install ${allPackages.suse.join(' ')}`
    case 'alpine':
      return `apk add ${allPackages.alpine.join(' ')}`
    case 'mac':
      return `brew install ${allPackages.mac.join(' ')}`
  }
}

/** PROGRAM_MISSING for a program, or several at once, with the command that installs them. */
export function programMissing(facts: {
  /** E.g. `MariaDB (mariadbd)`. */
  readonly program: string
  /** Debian packages that carry it. */
  readonly packages: readonly string[]
  readonly family?: HostFamily
}): CorelabError {
  return corelabError('PROGRAM_MISSING', {
    message: `${facts.program} is not installed`,
    detail: `Looked in PATH and in ${serverDirs.join(', ')}. On Debian and Ubuntu it is in ${facts.packages.join(' and ')}.`,
    fix: [
      `${installCommand(facts.family)}   (as root)`,
      'or install Docker: https://docs.docker.com/engine/install/',
    ],
  })
}

/** PROGRAM_TOO_OLD, with both versions. */
export function programTooOld(facts: {
  readonly program: string
  readonly path: string
  readonly found: string
  readonly versionMin: string
  readonly family?: HostFamily
}): CorelabError {
  return corelabError('PROGRAM_TOO_OLD', {
    message: `${facts.program} ${facts.found} is too old: corelab needs ${facts.versionMin} or later`,
    detail: `Found at ${facts.path}.`,
    fix: [
      `${installCommand(facts.family)}   (as root, on a distribution that has ${facts.versionMin})`,
      'or install Docker: https://docs.docker.com/engine/install/',
    ],
  })
}

/** Compares dotted numbers: `10.11.19` is at least `10.11`, `7.0.15` is, `10.6.21` is not. */
export function isVersionAtLeast(version: string, versionMin: string): boolean {
  const have = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  const need = versionMin.split('.').map(Number)
  for (const [index, wanted] of need.entries()) {
    const found = have[index] ?? 0
    if (found !== wanted) return found > wanted
  }
  return true
}

function hostFamily(): HostFamily {
  if (process.platform === 'darwin') return 'mac'
  let text = ''
  try {
    text = readFileSync('/etc/os-release', 'utf8')
  } catch {
    return 'other'
  }
  return familyOfOsRelease(text)
}

/** Reads the `ID` and `ID_LIKE` lines of `/etc/os-release`. */
export function familyOfOsRelease(text: string): HostFamily {
  const ids = [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  )
  if (ids.some((id) => id === 'debian' || id === 'ubuntu')) return 'debian'
  if (ids.some((id) => id === 'fedora' || id === 'rhel' || id === 'centos')) return 'redhat'
  if (ids.includes('arch')) return 'arch'
  if (ids.some((id) => id.includes('suse'))) return 'suse'
  if (ids.includes('alpine')) return 'alpine'
  return 'other'
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
