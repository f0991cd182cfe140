import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Everything that is set to start by itself: the links by which systemd units are enabled, and the start links
 * of System V scripts. Two of these sets, before and after an installation, tell what it enabled.
 * @param {string} etc
 * @returns {Set<string>} full paths
 */
export function enabledServices(etc = '/etc') {
  const units = join(etc, 'systemd', 'system')
  const unitLinks = namesIn(units)
    .filter((name) => /\.(wants|requires)$/.test(name))
    .flatMap((name) => namesIn(join(units, name)).map((unit) => join(units, name, unit)))
  const scriptLinks = namesIn(etc)
    .filter((name) => /^rc[2-5]\.d$/.test(name))
    .flatMap((name) =>
      namesIn(join(etc, name))
        .filter(isStartLink)
        .map((link) => join(etc, name, link)),
    )
  return new Set([...unitLinks, ...scriptLinks])
}

/**
 * The commands that turn off what is enabled now and was not before. A unit that existed before is left alone.
 * @param {{ before: Set<string>, after: Set<string>, systemdRuns: boolean }} facts
 * @returns {string[][]} one command line each
 */
export function commandsToDisable({ before, after, systemdRuns }) {
  const added = [...after].filter((link) => !before.has(link)).map((link) => basename(link))
  const units = [...new Set(added.filter((name) => !isStartLink(name)))].sort()
  const scripts = [...new Set(added.filter(isStartLink).map((name) => name.slice(3)))].sort()
  // systemctl needs a running systemd; the helper of the Debian packages needs none, and is always there.
  const disable = systemdRuns ? ['systemctl', 'disable', '--now'] : ['deb-systemd-helper', 'disable']
  return [
    ...(units.length > 0 ? [[...disable, ...units]] : []),
    ...scripts.map((script) => ['update-rc.d', script, 'disable']),
  ]
}

/**
 * Synchronous, because it must also happen when the user has stopped the installation.
 * @param {Set<string>} before what {@link enabledServices} said before the installation
 */
export function disableServicesAddedSince(before) {
  const systemdRuns = existsSync('/run/systemd/system')
  for (const [command, ...args] of commandsToDisable({ before, after: enabledServices(), systemdRuns })) {
    spawnSync(/** @type {string} */ (command), args, { stdio: 'ignore' })
  }
}

/** @param {string} name */
const isStartLink = (name) => /^S\d\d/.test(name)

/** @param {string} dir */
function namesIn(dir) {
  return existsSync(dir) ? readdirSync(dir) : []
}
