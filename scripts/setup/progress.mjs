import { Interrupted } from './setup-error.mjs'

const heartbeatMs = 15_000
const clearLine = '\r\x1b[2K'

/**
 * One line on stderr: stdout belongs to the answer of the program that runs after the set-up.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${isLive() ? clearLine : ''}setup  ${line}\n`)
}

/**
 * Shows what is being done and for how long: a live line on a terminal, else a line at the start, one every
 * 15 seconds, and one at the end.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedMs = performance.now()
  const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`
  const live = isLive()
  const line = live ? showLiveLine : say

  line(`${title} ...`)
  const timer = setInterval(() => line(`${title} ... ${seconds()}`), live ? 1000 : heartbeatMs)
  let ending = 'done in'
  try {
    return await work()
  } catch (error) {
    ending = error instanceof Interrupted ? 'stopped after' : 'failed after'
    throw error
  } finally {
    clearInterval(timer)
    line(`${title}: ${ending} ${seconds()}`)
    if (live) process.stderr.write('\n')
  }
}

/** @param {string} text */
function showLiveLine(text) {
  const width = Math.max(20, (process.stderr.columns || 80) - 1)
  process.stderr.write(`${clearLine}${`setup  ${text}`.slice(0, width)}`)
}

function isLive() {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb'
}
