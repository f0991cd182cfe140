import { lowestMariadb, serverPrograms } from './programs.mjs'

/**
 * What to do about the server programs: nothing, install packages (after a question or not), or explain to the
 * user what only they can do. Pure: every fact comes in.
 * @param {{ missing: readonly string[], tooOldMariadb: string | null, host: import('./host.mjs').Host, yes: boolean }} facts
 * @returns {Plan}
 */
export function planServerPackages({ missing, tooOldMariadb, host, yes }) {
  if (host.platform !== 'linux')
    return explain(missing, host, 'The native runtime needs Linux (it reads /proc).')
  if (tooOldMariadb !== null) return explainTooOld(tooOldMariadb, host)
  if (missing.length === 0) return { kind: 'nothing' }
  if (host.packageManager !== 'apt') {
    return explain(missing, host, 'The setup itself can install packages on Debian and Ubuntu only.')
  }
  if (host.administrator === null) {
    return explain(missing, host, 'You are not root, and sudo is not there or asks for a password.')
  }
  return {
    kind: 'install',
    packages: packagesFor(missing),
    administrator: host.administrator,
    ask: host.interactive && !yes,
  }
}

/**
 * @typedef {{ kind: 'nothing' }
 *   | { kind: 'install', packages: string[], administrator: 'root' | 'sudo', ask: boolean }
 *   | { kind: 'explain', code: string, message: string, detail: string, fix: string[] }} Plan
 */

/**
 * The Debian packages that bring these programs.
 * @param {readonly string[]} missing
 */
export function packagesFor(missing) {
  const wanted = serverPrograms.filter(({ program }) => missing.includes(program))
  return [...new Set(wanted.map(({ debianPackage }) => debianPackage))]
}

/**
 * @param {string} offered the version that the distribution has
 * @param {import('./host.mjs').Host} host
 * @returns {Extract<Plan, { kind: 'explain' }>}
 */
export function explainTooOld(offered, host) {
  return {
    kind: 'explain',
    code: 'PROGRAM_TOO_OLD',
    message: `MariaDB ${offered} is too old: corelab needs ${lowestMariadb} or later`,
    detail: `This host is ${host.system}. Debian 12 and Ubuntu 24.04 are the first releases with MariaDB 10.11.`,
    fix: inContainer,
  }
}

/**
 * @param {readonly string[]} missing
 * @param {import('./host.mjs').Host} host
 * @param {string} reason
 * @returns {Extract<Plan, { kind: 'explain' }>}
 */
function explain(missing, host, reason) {
  const programs = missing.length > 0 ? missing : serverPrograms.map(({ program }) => program)
  return {
    kind: 'explain',
    code: 'PROGRAM_MISSING',
    message:
      missing.length > 0
        ? `These server programs are not installed: ${missing.join(', ')}`
        : `The native runtime does not run on ${host.system}`,
    detail: [
      "corelab starts the distribution's own servers as private processes; no system service is used.",
      `This host is ${host.system}. ${reason}`,
    ].join('\n'),
    fix: [...packageCommands(packagesFor(programs), host), ...inContainer],
  }
}

/**
 * @param {string[]} packages
 * @param {import('./host.mjs').Host} host
 */
function packageCommands(packages, host) {
  switch (host.packageManager) {
    case 'apt':
      return [
        `sudo ${process.execPath} scripts/install-servers.mjs   (installs only the programs, starts no service)`,
        `sudo apt-get update && sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
        '    (apt alone also starts Redis and RabbitMQ as system services)',
      ]
    case 'dnf':
      return ['sudo dnf install mariadb-server mariadb redis rabbitmq-server']
    case 'brew':
      return ['brew install mariadb redis rabbitmq   (for their clients; the core itself needs Linux)']
    default:
      return ['install MariaDB 10.11+, Redis 7+ and RabbitMQ 3.10+ with the package manager of this system']
  }
}

const inContainer = [
  'or with Docker, in a container of its own:',
  '  docker run --rm -it --init -v "$PWD":/src:ro node:20-bookworm \\',
  '    sh -c "cp -r /src /corelab && cd /corelab && npm start"',
]
