import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Debian asks this file before a package starts a service; exit code 101 means "no". It belongs to the
 * administrator, so what was there before is moved aside whole (content, mode, owner, even a link) and moved
 * back afterwards. Every state that a crash can leave is recognised by {@link restoreServicePolicy}.
 */
export const servicePolicyFile = '/usr/sbin/policy-rc.d'

const marker = 'written by the corelab setup'
const notePrefix = '# enabled before: '

/**
 * From now on no package may start a service. What was enabled before is noted in the file itself, so that
 * whoever cleans up after a crash knows it.
 * @param {Iterable<string>} enabledBefore
 */
export function forbidServices(enabledBefore, file = servicePolicyFile) {
  restoreServicePolicy(file)
  if (exists(file)) renameSync(file, asideOf(file))
  const draft = `${file}.corelab-draft`
  const notes = [...enabledBefore].map((link) => `${notePrefix}${link}\n`)
  writeFileSync(draft, `${head}${notes.join('')}exit 101\n`)
  chmodSync(draft, 0o755)
  renameSync(draft, file)
}

const head = `#!/bin/sh
# No service may start while packages are installed; ${marker}, which removes it again.
`

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

/**
 * What was enabled before the set-up that was killed; null when none was, or it noted nothing.
 * @returns {Set<string> | null}
 */
export function enabledBeforeCrash(file = servicePolicyFile) {
  if (!isOurs(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n')
  return new Set(
    lines.filter((line) => line.startsWith(notePrefix)).map((line) => line.slice(notePrefix.length)),
  )
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
