import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { stopRequested } from '../signals.mjs'

const turnFile = '/run/corelab-setup.pid'

/**
 * One installation at a time on this host: waits while another one works. Returns how to give the turn back.
 * The holder is known by its pid and its start time, because a pid alone is given out again.
 * @param {{ file?: string, onWaiting: () => void }} options `onWaiting` is called once, when there is somebody else.
 */
export async function takeTurn({ file = turnFile, onWaiting }) {
  let told = false
  while (!claim(file)) {
    if (!told) onWaiting()
    told = true
    await delay(500, undefined, { signal: stopRequested }).catch(() => stopRequested.throwIfAborted())
  }
  return () => rmSync(file, { force: true })
}

/** @param {string} file */
function claim(file) {
  const holder = readOrNull(file)
  if (holder !== null && holder !== recordOf(holder.split(' ')[0])) rmSync(file, { force: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, recordOf(process.pid) ?? '')
  try {
    // A link appears whole or not at all, so nobody ever reads a half-written record.
    linkSync(draft, file)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

/**
 * `<pid> <start time>` of a process that lives; null when there is none. The start time is field 22 of its
 * stat file; fields are counted after the command, which may itself contain spaces and brackets.
 * @param {string | number | undefined} pid
 */
function recordOf(pid) {
  const stat = readOrNull(`/proc/${pid}/stat`)
  const startTime = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return startTime === undefined ? null : `${pid} ${startTime}`
}

/** @param {string} file */
function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
