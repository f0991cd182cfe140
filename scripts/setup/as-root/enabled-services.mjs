import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Everything that is set to start by itself, as the links that do it: systemd units that are enabled, with
 * their aliases, and the start links of System V scripts. Two of these sets, before and after an installation,
 * tell what it enabled.
 * @param {string} etc
 * @returns {Set<string>} full paths
 */
export function enabledServices(etc = '/etc') {
  const units = join(etc, 'systemd', 'system')
  const unitFolders = namesIn(units).filter((name) => /\.(wants|requires)$/.test(name))
  const unitLinks = [units, ...unitFolders.map((name) => join(units, name))].flatMap(linksIn)
  const startLinks = namesIn(etc)
    .filter((name) => /^rc[2-5]\.d$/.test(name))
    .flatMap((name) => linksIn(join(etc, name)).filter(isStartLink))
  return new Set([...unitLinks, ...startLinks])
}

/**
 * How to turn off what is enabled now and was not before: the commands, and the links that no command takes
 * away. What was enabled before is left alone.
 * @param {{ before: Set<string>, after: Set<string>, systemdRuns: boolean }} facts
 * @returns {{ commands: string[][], links: string[] }}
 */
export function planToDisable({ before, after, systemdRuns }) {
  const added = [...after].filter((link) => !before.has(link))
  const links = added.filter((link) => !isStartLink(link))
  const units = [...new Set(links.map((link) => basename(link)))].sort()
  const scripts = [...new Set(added.filter(isStartLink).map((link) => basename(link).slice(3)))].sort()
  const commands = scripts.map((script) => ['update-rc.d', script, 'disable'])
  if (systemdRuns && units.length > 0) commands.push(['systemctl', 'disable', '--now', ...units])
  return { commands, links }
}

/**
 * Synchronous, because it must also happen when the user has stopped the installation.
 * @param {Set<string>} before what {@link enabledServices} said before the installation
 */
export function disableServicesAddedSince(before) {
  const systemdRuns = existsSync('/run/systemd/system')
  const { commands, links } = planToDisable({ before, after: enabledServices(), systemdRuns })
  for (const [command = '', ...args] of commands) spawnSync(command, args, { stdio: 'ignore' })
  for (const link of links) rmSync(link, { force: true })
  if (systemdRuns && links.length > 0) spawnSync('systemctl', ['daemon-reload'], { stdio: 'ignore' })
}

/** @param {string} link */
function isStartLink(link) {
  return /^S\d\d/.test(basename(link))
}

/** @param {string} dir */
function linksIn(dir) {
  return namesIn(dir)
    .map((name) => join(dir, name))
    .filter((path) => lstatSync(path).isSymbolicLink())
}

/** @param {string} dir */
function namesIn(dir) {
  return existsSync(dir) ? readdirSync(dir) : []
}
