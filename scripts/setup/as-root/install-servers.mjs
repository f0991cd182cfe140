import { isAtLeast } from '../node-version.mjs'
import { say } from '../progress.mjs'
import { readHost } from '../servers/host.mjs'
import { explainTooOld, packagesFor } from '../servers/plan.mjs'
import { lowestMariadb, missingPrograms } from '../servers/programs.mjs'
import { SetupError } from '../setup-error.mjs'
import { requestStop, stopRequested } from '../signals.mjs'
import {
  downloadPackages,
  finishInstallation,
  installPackages,
  offeredVersions,
  updatePackageLists,
} from './apt.mjs'
import { disableServicesAddedSince, enabledServices } from './enabled-services.mjs'
import { endPortMappersExcept, portMapperPids } from './port-mappers.mjs'
import { enabledBeforeCrash, forbidServices, leftBehind, restoreServicePolicy } from './service-policy.mjs'
import { takeTurn } from './turn.mjs'

/**
 * Installs the missing server packages of this Debian or Ubuntu host, as root. Nothing else of the system is
 * changed: no service is started, what the packages enable is disabled again, the service policy is put back.
 */
export async function installServers() {
  const giveBackTurn = await takeTurn({
    onWaiting: () => say('Another corelab setup installs packages on this host; waiting for it'),
  })
  const enabledBefore = enabledBeforeCrash() ?? enabledServices()
  try {
    if (leftBehind()) await withoutServices(enabledBefore, finishInstallation)
    const packages = packagesFor(missingPrograms())
    if (packages.length === 0) return say('All server programs are installed')
    await updatePackageLists()
    requireOffers(packages, await offeredVersions(packages))
    await downloadPackages(packages)
    await withoutServices(enabledBefore, () => installPackages(packages))
  } finally {
    giveBackTurn()
  }
}

/**
 * Stops like Ctrl+C when the process that started this one is gone or closes our stdin. Its pipes are gone
 * then, too, which must not keep us from putting everything back.
 */
export function stopWithCaller() {
  process.stdin.on('end', () => requestStop('SIGINT')).resume()
  // A file as stdin has no unref; it ends by itself.
  process.stdin.unref?.()
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/**
 * @param {Set<string>} enabledBefore
 * @param {() => Promise<void>} work
 */
async function withoutServices(enabledBefore, work) {
  const portMappersBefore = portMapperPids()
  const tell = () => say('Stopping as soon as the package installation has ended')
  stopRequested.addEventListener('abort', tell)
  forbidServices(enabledBefore)
  try {
    await work()
  } finally {
    stopRequested.removeEventListener('abort', tell)
    restoreServicePolicy()
    disableServicesAddedSince(enabledBefore)
    endPortMappersExcept(portMappersBefore)
  }
}

/**
 * @param {readonly string[]} packages
 * @param {Map<string, string | null>} offered
 */
function requireOffers(packages, offered) {
  const absent = packages.filter((name) => !offered.get(name))
  const mariadb = offered.get('mariadb-server-core')?.replace(/^\d+:/, '').replace(/-.*$/, '')
  if (mariadb && !isAtLeast(mariadb, lowestMariadb)) throw new SetupError(explainTooOld(mariadb, readHost()))
  if (absent.length === 0) return
  throw new SetupError({
    message: `This system's package sources do not have: ${absent.join(', ')}`,
    detail: `This host is ${readHost().system}. The packages are in Debian 12 and Ubuntu 24.04 (component universe).`,
    fix: ['sudo apt-get update   (are the package sources reachable from here?)'],
    code: 'PROGRAM_MISSING',
  })
}
