import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { say } from '../progress.mjs'
import { stopRequested } from '../signals.mjs'

const turnFile = '/run/corelab-setup.pid'

/**
 * One installation at a time on this host: waits while another one works. Returns how to give the turn back.
 * @param {string} file
 */
export async function takeTurn(file = turnFile) {
  let told = false
  while (!claim(file)) {
    if (!told) say(`Another corelab setup (pid ${holderOf(file)}) installs packages; waiting for it`)
    told = true
    await delay(500, undefined, { signal: stopRequested }).catch(() => stopRequested.throwIfAborted())
  }
  return () => rmSync(file, { force: true })
}

/** @param {string} file */
function claim(file) {
  const holder = holderOf(file)
  if (holder !== null && !isAlive(holder)) rmSync(file, { force: true })
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || null
  } catch {
    return null
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
