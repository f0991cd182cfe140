import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Debian asks this file before a package starts a service; exit code 101 means "no". It belongs to the
 * administrator, so what was there before is moved aside whole (content, mode, owner, even a link) and moved
 * back afterwards. Every state that a crash can leave is recognised by {@link restoreServicePolicy}.
 */
export const servicePolicyFile = '/usr/sbin/policy-rc.d'

const marker = 'written by the corelab setup'
const text = `#!/bin/sh
# No service may start while packages are installed; ${marker}, which removes it again.
exit 101
`

/** From now on no package may start a service. */
export function forbidServices(file = servicePolicyFile) {
  restoreServicePolicy(file)
  if (exists(file)) renameSync(file, asideOf(file))
  const draft = `${file}.corelab-draft`
  writeFileSync(draft, text)
  chmodSync(draft, 0o755)
  renameSync(draft, file)
}

/** Puts back exactly what was there before {@link forbidServices}; does nothing when there is nothing to do. */
export function restoreServicePolicy(file = servicePolicyFile) {
  if (exists(file) && !isOurs(file)) return
  if (exists(asideOf(file))) renameSync(asideOf(file), file)
  else rmSync(file, { force: true })
}

/** Whether a set-up that was killed left its traces. */
export function leftBehind(file = servicePolicyFile) {
  return exists(asideOf(file)) || isOurs(file)
}

/** @param {string} file */
const asideOf = (file) => `${file}.before-corelab`

/** @param {string} file */
function isOurs(file) {
  try {
    return readFileSync(file, 'utf8').includes(marker)
  } catch {
    return false
  }
}

/** @param {string} file */
function exists(file) {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined
}
