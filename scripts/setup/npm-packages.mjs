import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { step } from './progress.mjs'
import { inRepository } from './repository.mjs'
import { runProgram } from './run-program.mjs'
import { SetupError } from './setup-error.mjs'

const stampFile = inRepository('node_modules', '.corelab-setup.json')

/** Runs `npm ci` when node_modules is missing, half installed, of another machine, or older than the lock file. */
export async function ensureNpmPackages() {
  const wanted = stampOf(readFileSync(inRepository('package-lock.json')))
  const found = { stamp: readStamp(), ...readTimes() }
  if (!isFresh(found, wanted)) {
    await step('Installing the npm packages into node_modules (npm ci)', installNpmPackages)
  }
  if (JSON.stringify(found.stamp) !== JSON.stringify(wanted)) writeFileSync(stampFile, JSON.stringify(wanted))
}

/**
 * What node_modules was installed from, and for which machine: some packages carry binaries.
 * @typedef {{ lockHash: string, machine: string }} Stamp
 */

/**
 * npm writes `node_modules/.package-lock.json` last, so its absence means a half-done installation. A
 * node_modules without our stamp was installed by hand: it counts as fresh when it is not older than the lock file.
 * @param {{ stamp: Stamp | null, installedAtMs: number | null, lockChangedAtMs: number }} found
 * @param {Stamp} wanted
 */
export function isFresh({ stamp, installedAtMs, lockChangedAtMs }, wanted) {
  if (installedAtMs === null) return false
  if (stamp !== null && stamp.machine !== wanted.machine) return false
  if (stamp?.lockHash === wanted.lockHash) return true
  return installedAtMs >= lockChangedAtMs
}

/**
 * @param {Buffer} lockFile
 * @returns {Stamp}
 */
function stampOf(lockFile) {
  return {
    lockHash: createHash('sha256').update(lockFile).digest('hex'),
    machine: `${process.platform}-${process.arch}`,
  }
}

/** @returns {Stamp | null} */
function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return null
  }
}

function readTimes() {
  const options = /** @type {const} */ ({ throwIfNoEntry: false })
  const installed = statSync(inRepository('node_modules', '.package-lock.json'), options)
  return {
    installedAtMs: installed?.mtimeMs ?? null,
    lockChangedAtMs: statSync(inRepository('package-lock.json')).mtimeMs,
  }
}

async function installNpmPackages() {
  // NODE_ENV=production would leave out what the build needs.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  const npmScript = process.env.npm_execpath
  const { code, output } = npmScript?.endsWith('.js')
    ? await runProgram(process.execPath, [npmScript, ...args])
    : await runProgram('npm', args)
  if (code === 0) return
  throw new SetupError({
    message: `npm ci ended with exit code ${code}`,
    detail: reasonsIn(output),
    fix: ['npm ci', 'npm config get registry   (is the registry reachable from here?)'],
  })
}

/**
 * npm gives its reasons first and then a page of general advice.
 * @param {string} output
 */
function reasonsIn(output) {
  const lines = output.split('\n').filter((line) => /^npm (error|ERR!)/.test(line))
  return (lines.length > 0 ? lines : output.split('\n')).slice(0, 15).join('\n')
}
